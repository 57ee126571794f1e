"""A new champion takes the documents of the one before, a few at a time, and back again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from extractor.checkpoint import Checkpoint
from flows import components
from flows.backfill.flow import BackfillReport, backfill
from flows.params import BackfillParams
from flows.run.prefect_state import report_of
from graph.client import Graph
from graph.model.edges import Evidence, edge_properties
from graph.model.records import Champion
from graph.reading.snapshot import Snapshot, diff, snapshot
from graph.server.embedded import EmbeddedServer
from tests.checkpoints import write_tiny_checkpoint
from tests.e2e.conftest import empty
from tests.e2e.running import MARGIN_STEP, artifact, kill_once, run
from tests.e2e.test_ingest import FEW, SAMPLES

pytestmark = pytest.mark.e2e

ALL = BackfillParams(path=SAMPLES, name="samples")
Promote = Callable[[str], str]


@pytest.fixture
def promote(local_profile: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Promote:
    """Return a function that lets a checkpoint serve and returns its full name.

    `a` and `b` find the same mentions, as after a retraining that keeps the detector; `c` others.
    `twice` asserts what `a` asserts, with twice the margin.
    """
    folders = {
        name: write_tiny_checkpoint(tmp_path / name, seed=seed) for seed, name in enumerate("abc")
    }
    twice, folders["twice"] = Checkpoint.from_pretrained(folders["a"]), tmp_path / "twice"
    with torch.no_grad():
        for parameter in twice.atlop.bilinear.parameters():
            parameter.mul_(2.0)
    twice.save_pretrained(folders["twice"])
    detector = Checkpoint.from_pretrained(folders["a"]).tagger
    second = Checkpoint.from_pretrained(folders["b"])
    replace(second, tagger=detector).save_pretrained(folders["b"])

    def serve(name: str) -> str:
        monkeypatch.setenv("FACTLOOM_EXTRACTOR__CHECKPOINT", str(folders[name]))
        components.close_components()
        return components.components().champion_name

    return serve


def backfilled(params: BackfillParams = ALL, **changes: Any) -> tuple[str, BackfillReport]:
    state = backfill(params.model_copy(update=changes), return_state=True)
    report = report_of(state)
    assert isinstance(report, BackfillReport)
    return state.name or "", report


def the_graph() -> Graph:
    return components.components().graph


def clean_run(home: EmbeddedServer) -> Snapshot:
    """Return the graph of one ingest by the checkpoint that serves."""
    empty(home)
    run(FEW)
    return snapshot(the_graph())


def test_backfill_ends_like_a_clean_run_of_the_champion_killed_or_not_and_so_does_the_way_back(
    home: EmbeddedServer, promote: Promote, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = promote("b")
    clean_second = clean_run(home)
    first = promote("a")
    clean_first = clean_run(home)
    assert diff(clean_first, clean_second, tolerance=MARGIN_STEP) != []

    promote("b")
    newest = the_graph().query(
        "MATCH (d:Document) RETURN d.id AS id ORDER BY d.updated_at DESC, d.id LIMIT 5"
    )
    name, part = backfilled(limit=5)
    assert (name, part.stale, part.extracted.counts.processed, part.left) == ("Completed", 12, 5, 7)
    assert part.checkpoints == {first: 7, second: 5}
    assert {first, second} <= set(json_values(artifact("backfill-checkpoints")))
    moved = the_graph().query(
        "MATCH (d:Document {checkpoint: $name}) RETURN d.id AS id", name=second
    )
    assert {each["id"] for each in moved} == {each["id"] for each in newest}
    assert wrong_edges(the_graph(), second) == []

    monkeypatch.setenv("FACTLOOM_RUN__BATCH_DOCUMENTS", "2")
    kill_once(
        ["backfill", "--path", str(SAMPLES), "--name", "samples"],
        lambda: the_graph().documents_by_checkpoint().get(second, 0) > 5,
    )
    assert first in the_graph().documents_by_checkpoint(), "it ended before it was killed"
    assert wrong_edges(the_graph(), second) == []

    name, rest = backfilled()
    assert (name, rest.left, rest.checkpoints) == ("Completed", 0, {second: 12})
    assert diff(snapshot(the_graph()), clean_second, tolerance=MARGIN_STEP) == []
    name, again = backfilled()
    assert (name, again.stale, again.extracted.counts.processed) == ("Completed", 0, 0)
    assert diff(snapshot(the_graph()), clean_second, tolerance=MARGIN_STEP) == []

    promote("a")
    backfilled(limit=4)
    assert wrong_edges(the_graph(), first) == []
    backfilled()
    assert diff(snapshot(the_graph()), clean_first, tolerance=MARGIN_STEP) == []


def test_entities_that_other_mentions_make_others_remember_what_they_were(
    home: EmbeddedServer, promote: Promote
) -> None:
    """Only that tells the graph from a clean run: whoever kept an old id still finds the entity."""
    promote("c")
    clean = clean_run(home)
    promote("a")
    clean_run(home)
    promote("c")
    backfilled()

    found = diff(snapshot(the_graph()), clean, tolerance=MARGIN_STEP)

    assert found
    assert [each for each in found if ": former_ids [" not in each] == []
    entity = the_graph().query(
        "MATCH (e:Entity) WHERE size(e.former_ids) > 0 "
        "RETURN e.id AS id, e.former_ids[0] AS former LIMIT 1"
    )[0]
    assert [each.id for each in the_graph().find(entity["former"])] == [entity["id"]]


def test_a_champion_that_is_taken_back_counts_first_again_before_a_document_moves(
    graph: Graph, promote: Promote, tmp_path: Path
) -> None:
    copies = tmp_path / "copies.json"
    copies.write_text(json.dumps([copy(number) for number in (1, 2, 3)]), encoding="utf-8")
    first = promote("a")
    run(FEW.model_copy(update={"path": copies}))
    second = promote("twice")
    backfilled(path=copies, limit=1)
    assert wrong_edges(the_graph(), second) == []
    promote("a")
    assert wrong_edges(the_graph(), first) != [], "no edge has evidence of both"

    name, report = backfilled(path=copies, minutes=1e-9)

    assert (name, report.extracted.counts.processed, report.checkpoints) == (
        "Completed",
        0,
        {first: 2, second: 1},
    )
    assert report.adopted > 0
    assert wrong_edges(the_graph(), first) == []


def test_no_time_is_no_work_and_no_failure(home: EmbeddedServer, promote: Promote) -> None:
    first = promote("a")
    clean_run(home)
    promote("b")
    name, report = backfilled(minutes=1e-9)
    assert (name, report.extracted.counts.processed, report.left) == ("Completed", 0, 12)
    assert report.checkpoints == {first: 12}


def test_documents_that_the_source_has_no_more_are_left_to_reconcile(
    home: EmbeddedServer, promote: Promote, tmp_path: Path
) -> None:
    promote("a")
    clean_run(home)
    promote("b")
    few = tmp_path / "few.jsonl"
    few.write_text(
        "\n".join(SAMPLES.read_text(encoding="utf-8").splitlines()[:3]), encoding="utf-8"
    )

    name, report = backfilled(path=few)

    assert (name, report.extracted.counts.processed, report.gone, report.left) == (
        "Completed",
        3,
        9,
        9,
    )
    assert the_graph().counts()["documents"] == 12


def test_a_list_of_documents_comes_first(
    home: EmbeddedServer, promote: Promote, tmp_path: Path
) -> None:
    promote("a")
    clean_run(home)
    second = promote("b")
    oldest = the_graph().query(
        "MATCH (d:Document) RETURN d.id AS id ORDER BY d.updated_at, d.id DESC LIMIT 1"
    )[0]["id"]
    listed = tmp_path / "read.txt"
    listed.write_text(f"samples:nowhere\n\n{oldest}\n", encoding="utf-8")

    backfilled(first=listed, limit=1)

    [moved] = the_graph().query("MATCH (d:Document {checkpoint: $c}) RETURN d.id AS id", c=second)
    assert moved["id"] == oldest


def copy(number: int) -> dict[str, Any]:
    """Return a labelled document; all numbers name the same places, by names that are global."""
    names = [
        f"{part} {tree}" for part in ("Upper", "Lower") for tree in ("Oak", "Elm", "Ash", "Fir")
    ]
    return {
        "title": f"Copy {number}",
        "sents": [[*name.split(), "lies", "far", "away", "."] for name in names],
        "vertexSet": [
            [{"name": name, "sent_id": sentence, "pos": [0, 2], "type": "LOC"}]
            for sentence, name in enumerate(names)
        ],
    }


def json_values(table: str) -> list[str]:
    return [str(value) for row in json.loads(table) for value in row.values()]


def wrong_edges(graph: Graph, champion: str) -> list[str]:
    """Return the edges that are not what all their evidence says to this champion."""
    evidence: defaultdict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    for row in graph.query(
        "MATCH (v:Evidence)-[:FROM]->(d:Document) RETURN v.head AS head, v.relation AS relation, "
        "v.tail AS tail, d.id AS document, v.margin AS margin, v.probability AS probability, "
        "v.link_confidence AS link_confidence, v.contradicts AS contradicts, "
        "v.text AS text, v.checkpoint AS checkpoint, d.updated_at AS updated_at, "
        "d.extracted_at AS extracted_at"
    ):
        key = (row.pop("head"), row.pop("relation"), row.pop("tail"))
        evidence[key].append(Evidence(**row))
    counted_first = Champion(champion, components.components().vocabulary())
    found = {
        (row["head"], row["props"]["id"], row["tail"]): row["props"]
        for row in graph.query(
            "MATCH (h:Entity)-[e]->(t:Entity) "
            "RETURN h.id AS head, t.id AS tail, properties(e) AS props"
        )
    }
    return [
        "|".join(key)
        for key in evidence.keys() | found.keys()
        if found.get(key) != edge_properties(key[1], evidence[key], champion=counted_first)
    ]
