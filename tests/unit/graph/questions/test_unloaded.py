"""What is put into a query so that the embedded server loads its relationships."""

from __future__ import annotations

import re

import pytest

from graph.questions.unloaded import with_relationships_loaded
from tests.sample_graph import ROOT

READ = "WITH * WHERE r IS NULL OR r IS NOT NULL "
EVIDENCE = "MATCH (v:Evidence {relation: r.id})"


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("MATCH (h)-[r]->(t) ", f"{EVIDENCE} RETURN v"),
        ("MATCH (h)-[r:SPOUSE {id: 'P26'}]->(t)\n", f"OPTIONAL {EVIDENCE} RETURN v"),
        ("MATCH (h)-[r]->(t), (v:Evidence {relation: r.id}) ", "RETURN v"),
        ("MATCH (h)-[r]->(t {with: 1}) WHERE t.match STARTS WITH 'x' ", f"{EVIDENCE} RETURN v"),
        ("MATCH (h)-[r]->(t) // MATCH\n ", f"{EVIDENCE} RETURN v"),
        ("MATCH (h)-[r]->(t) WHERE EXISTS { MATCH (t) RETURN t } ", f"{EVIDENCE} RETURN v"),
        ("CALL { MATCH (h)-[r]->(t) ", f"{EVIDENCE} RETURN v }} RETURN v"),
        ("MATCH (h)-[r]->(t) ", "MATCH (v {a: h.r, r: 1, b: size(r.id)}) RETURN v.r"),
        ("MATCH (h)-[r]->(t) ", "MATCH (v:r {relation: r.id}) RETURN v"),
    ],
)
def test_a_relationship_that_is_read_only_in_braces_is_read_outside(
    before: str, behind: str
) -> None:
    assert with_relationships_loaded(before + behind) == before + READ + behind


def test_each_relationship_is_read_behind_its_own_clause() -> None:
    first, second = "MATCH (a)-[r]->(b) ", "MATCH (b)-[`s s`]->(c) "
    last = "MATCH (v {x: r.id, y: `s s`.id}) RETURN v"
    read = READ.replace("r IS", "`s s` IS")
    assert with_relationships_loaded(first + second + last) == first + READ + second + read + last


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (h)-[r]->(t) RETURN h",
        f"MATCH (h)-[r]->(t) WHERE r.status = 'x' {EVIDENCE} RETURN v",
        f"MATCH (h)-[r]->(t) {EVIDENCE} RETURN v, type(r)",
        f"MATCH (h)-[r]->(t) WITH h, r {EVIDENCE} RETURN v",
        "MATCH (h)-[r]->(t) RETURN h {.id, r: r.id}",
        "MATCH (h)-[:SPOUSE]->(r) MATCH (v {relation: r.id}) RETURN v",
        "MATCH (h)-[r]->(t) MATCH (v {r: 1}) RETURN v",
        "MATCH (h)-[r]->(t) MATCH (v {a: h.r, b: 'r.id'}) RETURN v",
        f"UNWIND [1] AS r {EVIDENCE} RETURN v",
    ],
)
def test_any_other_query_is_left_as_it_is(cypher: str) -> None:
    assert with_relationships_loaded(cypher) == cypher


def test_the_cookbook_needs_no_help() -> None:
    """So that what it shows also works in other Bolt clients."""
    cookbook = (ROOT / "docs" / "how-to" / "cookbook.md").read_text(encoding="utf-8")
    queries = re.findall(r"```cypher\n(.*?)```", cookbook, flags=re.DOTALL)
    assert [each for each in queries if with_relationships_loaded(each) != each] == []
