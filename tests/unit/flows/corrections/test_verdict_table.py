"""Tables of verdicts: what they may hold, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from extractor.relations import RelationVocabulary
from flows.corrections.verdict_table import read_verdicts
from flows.errors import CorrectionsRejected
from graph.client import Graph
from graph.model.records import Correction, FoundEntity
from tests.unit.flows.reports.samples import entity

VOCABULARY = RelationVocabulary({"P19": "place of birth", "P20": "place of death"})
ADA, LONDON = "wikidata:Q7259", "wikidata:Q84"


class Finds:
    """Stands in for the graph: two entities; counts the searches by name."""

    def __init__(self) -> None:
        self.searched: list[str] = []

    def read(self, statement: str, *, rows: list[str]) -> list[dict[str, Any]]:
        assert statement == "find_by_ids"
        known = {"id": "", "name": "", "type": "PER", "linked": True, "link_confidence": 1.0}
        return [
            {"node": known | {"id": each, "aliases": [], "description": ""}, "documents": 1}
            for each in rows
            if each in (ADA, LONDON)
        ]

    def find(self, name: str) -> list[FoundEntity]:
        self.searched.append(name)
        return {"Ada": [entity(ADA)], "Bob": [entity("nil:1"), entity("nil:2")]}.get(name, [])


def read(tmp_path: Path, *rows: str, graph: Finds | None = None) -> list[Correction]:
    table = tmp_path / "verdicts.csv"
    titles = "head,relation,tail,verdict,at,note"
    table.write_text("\n".join([titles, *rows]), encoding="utf-8")
    return read_verdicts(table, cast(Graph, graph or Finds()), VOCABULARY, by="tester")


def test_each_name_is_looked_up_once_and_no_id_by_itself(tmp_path: Path) -> None:
    graph = Finds()

    found = read(
        tmp_path,
        f"Ada,place of birth,{LONDON},Confirmed,,",
        f"Ada,PLACE_OF_DEATH,{LONDON},rejected,2026-01-31,no",
        f"{ADA},P19,{LONDON},confirmed,,again",
        graph=graph,
    )

    assert [(each.head, each.relation, each.verdict) for each in found] == [
        (ADA, "P19", "confirmed"),
        (ADA, "P20", "rejected"),
        (ADA, "P19", "confirmed"),
    ]
    assert (found[1].at, found[1].note, found[1].by) == ("2026-01-31T00:00:00Z", "no", "tester")
    assert graph.searched == ["Ada"]


def test_of_two_verdicts_of_different_times_both_are_taken(tmp_path: Path) -> None:
    rows = (
        f"{ADA},P19,{LONDON},confirmed,2026-01-30,",
        f"{ADA},P19,{LONDON},rejected,2026-01-31,",
    )

    assert len(read(tmp_path, *rows)) == 2


@pytest.mark.parametrize("at", ["", "2026-01-31"])
def test_rows_that_contradict_each_other_are_refused_with_both_lines(
    tmp_path: Path, at: str
) -> None:
    rows = (f"{ADA},P19,{LONDON},confirmed,{at},", f"Ada,P19,{LONDON},rejected,{at},")

    with pytest.raises(CorrectionsRejected, match="line 3: line 2 says 'confirmed' of the same"):
        read(tmp_path, *rows)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (f"{ADA},P19,{LONDON},confirmed,2999-01-01,", "line 2: the time '2999-01-01' is in the fu"),
        (f"{ADA},P19,{LONDON},confirmed,soon,", "line 2: must be an ISO-8601 time"),
        (f"{ADA},P19,{LONDON},confirmed,,born, they say", "line 2: more cells than titles"),
        (f"{ADA},P19,{LONDON}", "line 2: verdict '' is neither"),
        (f"{ADA},birth,{LONDON},confirmed,,", "do you mean 'place of birth'.*factloom relations"),
        (f"Bob,P19,{LONDON},confirmed,,", "line 2: 2 entities in the graph for 'Bob'"),
        (f"Cy,P19,{LONDON},confirmed,,", "line 2: no entity in the graph for 'Cy'"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line(
    tmp_path: Path, row: str, told: str
) -> None:
    with pytest.raises(CorrectionsRejected, match=told):
        read(tmp_path, row)


def test_a_column_that_is_not_read_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = tmp_path / "verdicts.csv"
    table.write_text(f"head,relation,tail,verdict,why\n{ADA},P19,{LONDON},rejected,no\n")

    assert len(read_verdicts(table, cast(Graph, Finds()), VOCABULARY, by="tester")) == 1
    assert "columns that are not read: why" in caplog.text
