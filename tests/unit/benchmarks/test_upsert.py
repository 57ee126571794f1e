from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from benchmarks.speed import upsert
from benchmarks.speed.parts.upsert_graphs import HUB, RELATIONS, extractions
from benchmarks.speed.parts.upsert_growth import RUN, rows
from benchmarks.speed.upsert import Load, side_by_side
from extractor.schema import Extraction
from graph.model.records import UpsertReport
from graph.model.rows import document_rows


def made_up(prefix: str = "p", *, documents: int = 20, hub: bool = False) -> list[Extraction]:
    return list(islice(extractions(prefix, hub=hub), documents))


def test_the_graph_takes_what_is_made_up() -> None:
    for extraction in made_up():
        found = document_rows(extraction, run=RUN, extracted_at="2026-01-01T00:00:00Z")
        assert (len(found.mentions), len(found.evidence)) == (12, 20)


def test_documents_come_the_same_again_and_share_nothing_with_another_prefix() -> None:
    assert made_up("p", documents=5) == made_up("p", documents=5)
    made = [made_up(name, documents=5) for name in ("p", "q")]
    ids = [{entity.id for each in documents for entity in each.entities} for documents in made]
    assert not ids[0] & ids[1]


def test_a_later_start_goes_on_where_the_documents_before_it_ended() -> None:
    assert made_up(documents=3)[2] == next(extractions("p", start=2))


def test_all_relations_come_and_the_first_most_often() -> None:
    stated = Counter(each.relation for one in made_up(documents=100) for each in one.statements)
    assert set(stated) == set(RELATIONS.ids)
    assert len(RELATIONS.ids) == 96
    assert stated.most_common(1)[0][0] == RELATIONS.ids[0]


def test_a_hub_is_an_end_of_half_of_the_statements() -> None:
    hub = f"p:entity:{HUB}"
    for extraction in made_up(hub=True):
        ends = [hub in (each.head, each.tail) for each in extraction.statements]
        assert len(ends) // 2 <= sum(ends) < len(ends)


def test_rows_are_nodes_and_relationships() -> None:
    report = UpsertReport(documents=1, entities_new=2, evidence=3, mentions=4, edges_new=5)
    assert rows(report) == (1 + 2 + 3) + (3 + 4 + 5)


class Counted:
    """A side whose second load of a prefix takes other figures than its first."""

    def __init__(self, name: str, log: list[str], first: Load, again: Load) -> None:
        self.name = name
        self._log = log
        self._loads: Callable[[], Iterator[Load]] = lambda: iter((first, again))
        self._of: dict[str, Iterator[Load]] = {}

    def load(self, prefix: str) -> Load:
        self._log.append(self.name)
        return next(self._of.setdefault(prefix, self._loads()))


def sides(log: list[str], *, added: int = 100) -> tuple[upsert.Side, upsert.Side]:
    ours = Counted(
        "ours", log, Load(added=100, wall=2.0, cpu=1.0), Load(added=0, wall=1.0, cpu=0.5)
    )
    theirs = Counted(
        "theirs", log, Load(added=added, wall=6.0, cpu=2.0), Load(added=added, wall=4.0, cpu=4.0)
    )
    return ours, theirs  # type: ignore[return-value]


def test_ratios_say_how_much_longer_the_peer_takes() -> None:
    figures = side_by_side(*sides([]), rounds=3)
    assert figures["ratio_first_wall"] == 3.0
    assert figures["ratio_first_cpu"] == 2.0
    assert figures["ratio_again_wall"] == 4.0
    assert figures["ratio_again_cpu"] == 8.0
    assert figures["rows_per_wall_s_first"] == 50.0
    assert figures["second_load_added"] == 0
    assert figures["second_load_added_graphrag"] == 100


def test_who_goes_first_alternates() -> None:
    log: list[str] = []
    side_by_side(*sides(log), rounds=2)
    assert log[-8::4] == ["theirs", "ours"]


def test_different_graphs_are_no_comparison() -> None:
    with pytest.raises(SystemExit, match="different graphs"):
        side_by_side(*sides([], added=99), rounds=1)
