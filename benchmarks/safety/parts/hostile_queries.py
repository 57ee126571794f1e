"""Queries that would write, read files, call addresses, command or burn, in many spellings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

UPDATES = (
    "CREATE (:Entity {id: 'x'})",
    "MERGE (:Entity {id: 'x'})",
    "INSERT (:Entity {id: 'x'})",
    "MATCH (n:Entity) SET n.name = 'x'",
    "MATCH (n:Entity) SET n:Fresh",
    "MATCH (n:Entity) REMOVE n.name",
    "MATCH (n:Entity) DETACH DELETE n",
    "MATCH (a:Entity), (b:Entity) CREATE (a)-[:FRESH]->(b)",
    "FOREACH (x IN [1] | CREATE (:Entity {id: 'x'}))",
    "UNWIND [1] AS x CALL { CREATE (:Entity {id: 'x'}) } IN TRANSACTIONS",
    "MATCH (n) WHERE n:% DETACH DELETE [n][0]",
    "MATCH (n) WHERE n:% DELETE [n][0]",
    "MATCH ((x)-->(y))+ DELETE [x][0]",
    "MATCH (n)-->(m) WHERE m.name IS NFC NORMALIZED DELETE [n][0]",
)
PROCEDURES = (
    "CALL do.when(true, 'MATCH (n) DETACH DELETE n RETURN 1', 'RETURN 1', {}) YIELD value",
    "CALL merge.node(['Entity'], {id: 'x'}, {}, {}) YIELD node",
    "CALL apoc.merge.node(['Entity'], {id: 'x'}, {}, {}) YIELD node",
    "MATCH (a:Entity), (b:Entity) CALL merge.relationship(a, 'FRESH', {}, {}, b, {}) YIELD rel",
    "MATCH (a:Entity), (b:Entity) WHERE a.id < b.id CALL refactor.mergeNodes([a, b]) YIELD node",
    "MATCH (a:Entity) CALL refactor.cloneNodesWithRelationships([a]) YIELD output",
    "CALL db.migrateLegacyTemporals() YIELD *",
    "CALL db.createLabel('Fresh')",
    "CALL apoc.create.node(['Entity'], {id: 'x'}) YIELD node",
    "CALL apoc.refactor.rename.label('Entity', 'Fresh') YIELD total",
    "CALL apoc.cypher.doIt('CREATE (n:Entity)', {}) YIELD value",
    "CALL apoc.cypher.runWrite('CREATE (n:Entity)', {}) YIELD value",
    "CALL apoc.periodic.commit('CREATE (n:Entity) RETURN 0', {}) YIELD updates",
    "CALL apoc.periodic.iterate('RETURN 1', 'CREATE (n:Entity)', {}) YIELD total",
)
OUTSIDE = (
    "LOAD CSV FROM 'FILE' AS row",
    "LOAD CSV FROM 'ADDRESS' AS row",
    "LOAD CSV WITH HEADERS FROM 'FILE' AS row",
    "CALL apoc.load.json('FILE') YIELD value",
    "CALL apoc.load.json('ADDRESS') YIELD value",
    "CALL apoc.load.xml('ADDRESS') YIELD value",
    "CALL apoc.import.json('FILE') YIELD nodes",
    "CALL apoc.export.csv.all('FILE.csv', {}) YIELD file",
)
COMMANDS = (
    "CREATE INDEX fresh FOR (n:Entity) ON (n.fresh)",
    "CREATE CONSTRAINT fresh FOR (n:Entity) REQUIRE n.fresh IS UNIQUE",
    "DROP CONSTRAINT entity_id",
    "CREATE USER fresh SET PASSWORD 'longenough1'",
    "ALTER USER neo4j SET PASSWORD 'longenough1'",
    "DROP USER neo4j",
    "SHOW USERS",
    "SHOW USER",
    "SHOW SETTINGS",
    "SHOW TRANSACTIONS",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "STOP DATABASE neo4j",
    "USE system SHOW USERS",
    "CALL dbms.listConfig() YIELD name",
    "CALL dbms.setConfigValue('db.transaction.timeout', '1s')",
    "CALL dbms.killTransaction('neo4j-transaction-1') YIELD message",
)
BURNING = (
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*) AS c",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN DISTINCT x % 7 AS c",
    "UNWIND range(1, 3000) AS x UNWIND range(1, 3000) AS y WITH x, y ORDER BY x * y, y RETURN x, y",
    "UNWIND range(1, 100000) AS x CALL (x) { UNWIND range(1, 100000) AS y RETURN sum(y) AS s } "
    "RETURN sum(s) AS c",
    "MATCH (a) MATCH (b) MATCH (c) MATCH (d) UNWIND range(1, 100000) AS x "
    "WITH a, b, c, d, x WHERE a.id + b.id + c.id + d.id + toString(x) = '' RETURN count(*) AS c",
    "UNWIND range(1, 100000) AS x MATCH (a) MATCH (b) WHERE a.id + b.id = toString(x) "
    "MATCH (c) MATCH (d) RETURN count(*) AS c",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y WITH x WHERE EXISTS { MATCH (n) "
    "WHERE n.id = toString(x) } RETURN count(*) AS c",
    "RETURN size([x IN range(1, 100000) WHERE any(y IN range(1, 100000) WHERE y = -1)]) AS c",
    "RETURN reduce(s = 0, x IN range(1, 1000000000000) | s + x) AS c",
    "RETURN reduce(s = 0, x IN range(1, 9999 * 9999 * 9999) | s + x) AS c",
    "WITH range(1, 1000000000000) AS xs RETURN reduce(s = 0, x IN xs | s + x) AS c",
    "RETURN [x IN range(1, 9999) | size([y IN range(1, 9999 + 0 * x) | "
    "size([z IN range(1, 9999 + y) WHERE z = 0])])] AS c",
    "RETURN util.sleep(30000) AS c",
    "CALL apoc.util.sleep(30000)",
    "RETURN size(text.random(2000000000)) AS c",
)
"""Some go on within one expression, where no server looks at the clock."""
GAP = re.compile(r" (?=(?:[^']*'[^']*')*[^']*$)")
"""A blank outside strings."""
KEYWORD = re.compile(r"\b[A-Z]{3,}\b(?=(?:[^']*'[^']*')*[^']*$)")
PART = re.compile(r"(?<=CALL )[\w.]+")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A hostile query, and what it is after."""

    aim: str
    cypher: str


def _gaps(gap: str) -> Callable[[str], str]:
    return lambda cypher: GAP.sub(lambda _: gap, cypher)


def _escaped(word: re.Match[str]) -> str:
    return word[0][0] + "".join(f"\\u{ord(letter):04X}" for letter in word[0][1:])


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda cypher: cypher,
    "small": lambda cypher: KEYWORD.sub(lambda word: word[0].lower(), cypher),
    "mixed": lambda cypher: KEYWORD.sub(lambda word: word[0].title(), cypher),
    "one escape": lambda cypher: KEYWORD.sub(
        lambda word: f"{word[0][0]}\\u{ord(word[0][1]):04x}{word[0][2:]}", cypher
    ),
    "escaped": lambda cypher: KEYWORD.sub(_escaped, cypher),
    "many u": lambda cypher: KEYWORD.sub(
        lambda w: f"{w[0][0]}\\uuu{ord(w[0][1]):04x}{w[0][2:]}", cypher
    ),
    "comments": _gaps("/* ' */"),
    "lines": _gaps(" // '\r"),
    "tabs": _gaps("\t\n\f"),
    "no-break": _gaps("\u00a0\u2003"),
    "back-ticks": lambda cypher: PART.sub(
        lambda name: ".".join(f"`{part}`" for part in name[0].split(".")), cypher
    ),
    "spaced": lambda cypher: PART.sub(lambda name: name[0].replace(".", " . "), cypher),
    "explained": lambda cypher: f"EXPLAIN {cypher}",
    "profiled": lambda cypher: f"PROFILE {cypher}",
    "nested": lambda cypher: f"CALL {{ {cypher} RETURN 1 AS hidden }} RETURN hidden",
    "scoped": lambda cypher: f"UNWIND [1] AS x CALL (x) {{ {cypher} RETURN 1 AS h }} RETURN h",
    "behind a star": lambda cypher: f"MATCH (match) WITH DISTINCT * {cypher} RETURN 1 AS hidden",
    "in a union": lambda cypher: f"RETURN 1 AS a UNION {cypher} RETURN 1 AS a",
    "behind a string": lambda cypher: (
        rf"WITH '\u0027 AS s {cypher} RETURN 1 AS h //' AS s RETURN s"
    ),
    "behind a comment": lambda cypher: f"MATCH (n) WITH n // \\u000a {cypher} RETURN 1 AS hidden",
    "behind a signed escape": lambda cypher: (
        rf"WITH '\u+027 AS s {cypher} RETURN 1 AS h //' AS s RETURN s"
    ),
    "behind wide digits": lambda cypher: (
        f"WITH '\\u\uff10\uff10\uff12\uff17 AS s {cypher} RETURN 1 AS h //' AS s RETURN s"
    ),
    "behind a signed end of line": lambda cypher: (
        f"MATCH (n) WITH n // \\u+00A {cypher} RETURN 1 AS hidden"
    ),
    "behind a signed end of comment": lambda cypher: (
        rf"MATCH (n) WITH n /* \u+02A/ {cypher} RETURN 1 AS h /* */ RETURN n"
    ),
    "second": lambda cypher: f"RETURN 1 AS one; {cypher}",
    "returned": lambda cypher: f"{cypher} RETURN *",
}


def attempts(file: str, address: str) -> Iterator[Attempt]:
    """Yield every query in every spelling that changes it.

    Args:
        file: Where the canary lies.
        address: Of the listener that counts its calls.
    """
    seen = set()
    for aim, queries in (
        *(("write", UPDATES), ("write", PROCEDURES), ("reach", OUTSIDE), ("command", COMMANDS)),
    ):
        for query in queries:
            for spell in SPELLINGS.values():
                cypher = spell(query).replace("FILE", file).replace("ADDRESS", address)
                if cypher not in seen:
                    seen.add(cypher)
                    yield Attempt(aim, cypher)
    for query in BURNING:
        yield Attempt("burn", query)


WORDS = ("create", "merge", "set", "delete", "detach", "remove", "foreach", "drop", "load", "start")
PLACES = (
    "MATCH (n) WHERE n.name = 'UPPER (m) word' RETURN n.name AS name",
    "MATCH (n) /* UPPER (m) ' */ RETURN count(n) AS nodes // UPPER n",
    "MATCH (n) RETURN n.`word` AS `UPPER`",
    "MATCH (n) RETURN n.word AS value",
    "MATCH (n:UPPER) RETURN count(n) AS nodes",
    "MATCH (a)-[:UPPER]->(b) RETURN count(*) AS edges",
    "RETURN {word: 1, other: 'UPPER'} AS map",
    "UNWIND [1] AS word WITH word WHERE word > 0 RETURN word ORDER BY word",
    "RETURN [word IN [1, 2] WHERE word > 1 | word] AS list",
    "MATCH (word) WHERE word.id IS NOT NULL RETURN word.name AS name",
)


def harmless() -> Iterator[str]:
    """Yield queries that only read, with words that write where they are names and text."""
    for word in WORDS:
        for place in PLACES:
            yield place.replace("UPPER", word.upper()).replace("word", word)
