"""A labelled file that cannot be used is refused before anything slow is loaded."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app

SLOW = ("extractor.training.plan", "flows.evaluate.evaluation", "flows.retrain.flow")
TRAIN = ("train", "--output", "unused")
CASES = [
    (TRAIN, "d9,Ada,P19,London", (), "line 2: no document has the id 'd9'"),
    (("evaluate",), "d1,Ada,born,London", (), "line 2: relation 'born' is not in the vocabulary"),
    (("retrain",), "d1,Ada,P19,Paris", (), "line 2: 'Paris' is not found in document 'd1'"),
    (("retrain",), "d1,Ada,P19,London", ("--entities",), "entities.csv, line 2"),
]


@pytest.mark.parametrize(("command", "row", "more", "told"), CASES)
def test_a_bad_row_is_told_before_torch_is_loaded(
    command: tuple[str, ...],
    row: str,
    more: tuple[str, ...],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in SLOW:
        monkeypatch.setitem(sys.modules, module, None)  # to import it is an error
    triples, documents = tmp_path / "triples.csv", tmp_path / "documents.jsonl"
    triples.write_text(f"document,head,relation,tail\n{row}\n", encoding="utf-8")
    documents.write_text('{"id": "d1", "text": "Ada was born in London."}\n', encoding="utf-8")
    entities = tmp_path / "entities.csv"
    entities.write_text("document,name,type\nd1,Nobody,PER\n", encoding="utf-8")
    beside = [part for option in more for part in (option, str(entities))]

    ran = CliRunner().invoke(
        app, [*command, "--data", str(triples), "--documents", str(documents), *beside]
    )

    assert ran.exit_code == 1
    assert told in ran.stderr
    assert "Traceback" not in ran.output


def test_a_csv_without_its_documents_says_which_option_gives_them(tmp_path: Path) -> None:
    triples = tmp_path / "triples.csv"
    triples.write_text("document,head,relation,tail\nd1,Ada,P19,London\n", encoding="utf-8")

    ran = CliRunner().invoke(app, ["retrain", "--data", str(triples)])

    assert ran.exit_code == 1
    assert "give their JSONL with --documents" in ran.stderr
