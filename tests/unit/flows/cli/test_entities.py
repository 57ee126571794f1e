from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from flows.cli.app import app

TREE = "Tree Number\tDesc Ui\tTerm\nC23.888\tD010146\tPain\nD02\tD000001\tCalcimycin\n"


def test_the_file_of_entities_is_made_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    tree, output = tmp_path / "tree.txt", tmp_path / "entities.jsonl"
    tree.write_text(TREE, encoding="utf-8")
    command = ["entities", "build", str(tree), "--kind", "mesh", "--output", str(output)]

    ran = CliRunner().invoke(app, [*command, "--only", "Disease"])

    assert ran.exit_code == 0
    assert ran.stdout.startswith("1 entities in")
    assert "1 left out: another type (first: line 3)" in ran.stderr
    assert '"mesh:D010146"' in output.read_text(encoding="utf-8")


def test_no_entity_at_all_is_an_error_and_the_file_stays(tmp_path: Path) -> None:
    tree, output = tmp_path / "tree.txt", tmp_path / "entities.jsonl"
    tree.write_text(TREE, encoding="utf-8")
    output.write_text("the file of last time", encoding="utf-8")
    command = ["entities", "build", str(tree), "--kind", "mesh", "--output", str(output)]

    ran = CliRunner().invoke(app, [*command, "--only", "PER"])

    assert ran.exit_code == 1
    assert "No entity is left" in ran.stderr
    assert output.read_text(encoding="utf-8") == "the file of last time"


def test_a_source_that_is_cut_off_is_told_in_one_line(tmp_path: Path) -> None:
    dump = tmp_path / "dump.json"
    dump.write_text("[\n", encoding="utf-8")

    ran = CliRunner().invoke(app, ["entities", "build", str(dump), "--kind", "wikidata"])

    assert ran.exit_code == 1
    assert "dump.json: the dump does not end with a line ']'" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
