"""Which queries may run where only reading is allowed."""

from __future__ import annotations

import pytest

from graph.errors import WriteRefused
from graph.reading import refuse_writes


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (n) RETURN n",
        "MATCH (n) WHERE n.name = 'CREATE TABLE' RETURN n",
        'MATCH (n) WHERE n.name = "it\'s \\" SET" RETURN n',
        "MATCH (n) // DELETE n\nRETURN n",
        "MATCH (n) /* SET\nREMOVE */ RETURN n",
        "MATCH (n:Set)-[:MERGE]->(m) RETURN n.set, $delete",
        "MATCH (n) RETURN n AS `create`",
        "MATCH (n) RETURN n.created_at AS dataset, size(n.settings) AS offset",
        "CALL db.labels() YIELD label RETURN label",
    ],
)
def test_reading_passes(cypher: str) -> None:
    refuse_writes(cypher)


@pytest.mark.parametrize(
    ("cypher", "word"),
    [
        ("CREATE (n)", "CREATE"),
        ("create(n)", "CREATE"),
        ("MATCH (n)SET n.x = 1", "SET"),
        ("MATCH (n) /* ' */ DELETE n // '", "DELETE"),
        ("MATCH (n {x: 'a'}) DETACH\nDELETE n", "DETACH"),
        ('MATCH (n {x: "\'"}) REMOVE n.x RETURN "\'"', "REMOVE"),
        ("MATCH (n {x: '//'}) MERGE (m)", "MERGE"),
        ("MATCH (n {`'`: 1}) SET n.y = '`'", "SET"),
        ("DROP INDEX x", "DROP"),
        ("LOAD CSV FROM 'x' AS row RETURN row", "LOAD"),
        ("FOREACH (x IN [1] | CREATE ())", "FOREACH"),
    ],
)
def test_writing_is_refused_and_named(cypher: str, word: str) -> None:
    with pytest.raises(WriteRefused, match=word):
        refuse_writes(cypher)
