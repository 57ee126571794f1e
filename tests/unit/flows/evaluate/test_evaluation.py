"""`factloom evaluate` at the terminal: scores, files, pages, counts, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from extractor.checkpoint import Checkpoint, TrainingRecord
from extractor.datasets.docred import read_docred
from extractor.evaluation.gold import score_gold
from flows.cli.app import app
from flows.evaluate import figures
from flows.evaluate.asserted import asserted_triples
from tests.checkpoints import write_tiny_checkpoint

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[4] / "samples" / "stanistreet.json"
TITLE = "John Stanistreet"
RELATIONS = {
    "P19": "place of birth",
    "P20": "place of death",
    "P22": "father",
    "P25": "mother",
    "P40": "child",
    "P27": "country of citizenship",
    "P102": "member of political party",
    "P570": "date of death",
}
ENTITIES = 9
EVERY_TRIPLE = ENTITIES * (ENTITIES - 1) * len(RELATIONS)


@pytest.fixture(scope="module")
def sure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkpoint that asserts every relation of every pair."""
    folder = write_tiny_checkpoint(tmp_path_factory.mktemp("models") / "tiny", relations=RELATIONS)
    checkpoint = Checkpoint.from_pretrained(folder)
    checkpoint.atlop.assert_above([-100.0] * len(RELATIONS))
    checkpoint.save_pretrained(folder.with_name("sure"))
    return folder.with_name("sure")


def evaluate(checkpoint: Path, *arguments: object, data: Path = SAMPLE) -> Any:
    given = ["evaluate", "--data", data, "--checkpoint", checkpoint, *arguments]
    return CliRunner().invoke(app, [str(each) for each in given])


def test_scores_are_printed_and_written(sure: Path, tmp_path: Path) -> None:
    result = evaluate(sure, "--train", SAMPLE, "--results", tmp_path / "results.json")
    assert result.exit_code == 0, result.output
    scores = json.loads((tmp_path / "results.json").read_text())
    assert scores["relations"]["f1"]["recall"] == 1
    assert scores["relations"]["f1"]["precision"] == pytest.approx(9 / EVERY_TRIPLE)
    assert (
        scores["relations"]["ign_f1"]["precision"] == 0
    )  # the training file states all that holds
    assert scores["ign_f1_from"] == "stanistreet.json"
    assert scores["mentions"]["documents"] == 1
    assert scores["checkpoint"].startswith("sure@")
    assert list(scores["data"]) == ["stanistreet.json"]
    for shown in ("relations, Ign", "facts stated in stanistreet.json", "ECE", "both arguments"):
        assert shown in result.output


def test_without_the_training_documents_there_is_no_ign_f1(sure: Path, tmp_path: Path) -> None:
    result = evaluate(sure, "--results", tmp_path / "results.json")
    scores = json.loads((tmp_path / "results.json").read_text())
    assert scores["relations"]["ign_f1"] is None
    assert "relations, Ign" not in result.output
    assert "give the training documents with --train" in result.output


def test_ign_f1_takes_the_training_documents_among_the_data(sure: Path, tmp_path: Path) -> None:
    checkpoint = Checkpoint.from_pretrained(sure)
    folder = tmp_path / "trained"
    replace(checkpoint, record=TrainingRecord(relation_titles=(TITLE,))).save_pretrained(folder)
    other = _written(tmp_path / "two.json", _record("Another"), _record(TITLE))
    scores = _scores(evaluate(folder, "--results", tmp_path / "r.json", data=other), tmp_path)
    assert scores["ign_f1_from"] == "its 1 training documents, found in the data"
    assert scores["relations"]["documents"] == 1
    assert scores["relations"]["ign_f1"]["precision"] == 0


def test_a_checkpoint_that_saw_every_document_is_refused(sure: Path, tmp_path: Path) -> None:
    record = TrainingRecord(relation_titles=(TITLE,), mention_titles=(TITLE,))
    folder = tmp_path / "trained"
    replace(Checkpoint.from_pretrained(sure), record=record).save_pretrained(folder)
    result = evaluate(folder)
    assert result.exit_code == 1
    assert "has seen every document: give others" in result.output


def test_a_submission_holds_what_is_asserted_of_unlabelled_documents(
    sure: Path, tmp_path: Path
) -> None:
    bare = _written(tmp_path / "bare.json", {**_record(TITLE), "labels": []})
    result = evaluate(sure, "--submission", tmp_path / "submission.json", data=bare)
    assert result.exit_code == 0, result.output
    rows = json.loads((tmp_path / "submission.json").read_text())
    assert len({(row["h_idx"], row["r"], row["t_idx"]) for row in rows}) == EVERY_TRIPLE
    assert {row["title"] for row in rows} == {TITLE}
    assert all(row["evidence"] for row in rows)
    assert "relations" not in result.output  # no label, no score


def test_asserted_triples_do_not_look_at_labels(sure: Path) -> None:
    checkpoint = Checkpoint.from_pretrained(sure)
    labelled = read_docred(SAMPLE)
    bare = [replace(item, labels=()) for item in labelled]
    windows = score_gold(checkpoint.atlop, checkpoint.tokenizer, bare, checkpoint.relations).windows
    triples = asserted_triples(checkpoint, bare, windows)
    assert triples == asserted_triples(checkpoint, labelled, windows)
    one, window = triples[0], windows[0][0]
    row, column = window.pairs.index((one.head, one.tail)), list(RELATIONS).index(one.relation)
    assert one.margin == pytest.approx(float(window.margins[row, 0, column]))
    assert one.probability == pytest.approx(checkpoint.calibrator.probability(one.margin, column))


def test_plots_are_drawn_for_one_checkpoint_and_for_two(sure: Path, tmp_path: Path) -> None:
    (sure / "scores.json").write_text(
        json.dumps({"epochs": [{"epoch": 1, "loss": 0.5, "dev": 0.2}]}), encoding="utf-8"
    )
    result = evaluate(sure, "--plots", tmp_path, "--compare", sure.with_name("tiny"))
    assert result.exit_code == 0, result.output
    assert {path.name for path in tmp_path.iterdir()} == {
        "learning-curve.png",
        "reliability.png",
        "risk-coverage.png",
        "f1-by-entities.png",
    }
    assert "relations, tiny@" in result.output


@pytest.mark.parametrize(
    ("contexts", "names"),
    [
        (["localized"], ["a"]),
        (["localized", "localized"], ["a", "b"]),
        (["localized", "none"], ["with localized context", "without localized context"]),
    ],
)
def test_the_lines_of_figure_4_are_named_by_what_differs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, contexts: list[str], names: list[str]
) -> None:
    drawn: dict[str, Any] = {}
    monkeypatch.setattr("flows.pages.plots.f1_by_entities", lambda points, _: drawn.update(points))
    checkpoints: Any = [
        SimpleNamespace(name=name, atlop=SimpleNamespace(config=SimpleNamespace(context=context)))
        for name, context in zip("ab", contexts, strict=False)
    ]
    figures.plot_by_entities(checkpoints, [[(3, 1, 2, 2)] for _ in contexts], tmp_path)
    assert list(drawn) == names


def test_the_page_of_a_pair_is_written(sure: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = evaluate(sure, "--context", TITLE, "stanistreet", "BENDIGO", "--page", page)
    assert result.exit_code == 0, result.output
    shown = page.read_text(encoding="utf-8")
    assert "sure@" in shown
    for name in (TITLE, "Bendigo", *RELATIONS.values()):
        assert name in shown
    assert ">evidence<" in shown


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("Ada", "Ada", "London"), "none of the 1 documents has the title 'Ada'"),
        ((TITLE, "Ada", "Bendigo"), "'Ada' names no entity; its entities are: John Stanistreet,"),
        ((TITLE, "Bendigo", "Bendigo"), "'Bendigo' and 'Bendigo' are not scored: they are one"),
    ],
)
def test_a_pair_that_is_not_there_is_refused(
    sure: Path, tmp_path: Path, pair: tuple[str, str, str], message: str
) -> None:
    result = evaluate(sure, "--context", *pair, "--page", tmp_path / "page.html")
    assert result.exit_code == 1
    assert message in result.output
    assert not (tmp_path / "page.html").exists()


def test_options_that_mean_nothing_alone_are_refused(sure: Path) -> None:
    assert evaluate(sure, "--context", TITLE, TITLE, "Bendigo").exit_code == 2
    assert evaluate(sure, "--vocabulary", "cdr").exit_code == 2


def test_statistics_need_a_vocabulary_and_no_checkpoint(tmp_path: Path) -> None:
    vocabulary = _written(tmp_path / "relations.json", RELATIONS)
    train = _written(tmp_path / "training.json", _record("One"), _record("Two"))
    result = evaluate(
        tmp_path / "none", "--statistics", "--vocabulary", vocabulary, "--train", train
    )
    assert result.exit_code == 0, result.output
    rows = (line.rsplit(maxsplit=1) for line in result.output.splitlines()[1:])
    lines = dict(map(tuple, rows))
    assert lines["# training"] == "2"
    assert lines["# stanistreet"] == "1"
    assert lines["# relations"] == str(len(RELATIONS) + 1)
    assert lines["# triples"] == "27"


def test_statistics_take_the_vocabulary_of_a_checkpoint(sure: Path) -> None:
    lines = evaluate(sure, "--statistics").output.splitlines()
    assert ["#", "relations", str(len(RELATIONS) + 1)] in [line.split() for line in lines]


def test_the_command_line_waits_for_no_library_before_a_command_runs() -> None:
    heavy = {"torch", "matplotlib", "prefect"}
    told = f"import flows.cli.app, sys; print(sorted({heavy} & sys.modules.keys()))"
    shown = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def _record(title: str) -> dict[str, Any]:
    (record,) = json.loads(SAMPLE.read_text(encoding="utf-8"))
    return {**record, "title": title}


def _written(path: Path, *records: Any) -> Path:
    value = records[0] if path.name == "relations.json" else list(records)
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def _scores(result: Any, folder: Path) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    scores: dict[str, Any] = json.loads((folder / "r.json").read_text())
    return scores
