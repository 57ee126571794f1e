"""Which queries may run where only reading is allowed."""

from __future__ import annotations

import re

import pytest

from graph.errors import GraphRejected, WriteRefused
from graph.questions.refusal import refuse_writes
from tests.sample_graph import ROOT

COOKBOOK = (ROOT / "docs" / "how-to" / "cookbook.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "cypher",
    [
        *re.findall(r"```cypher\n(.*?)```", COOKBOOK, flags=re.DOTALL),
        "MATCH (n) RETURN n;",
        "MATCH (n) WHERE n.name = 'CREATE TABLE' RETURN n",
        'MATCH (n) WHERE n.name = "it\'s \\" SET" RETURN n',
        "MATCH (n) // DELETE n\nRETURN n",
        "MATCH (n) /* SET\nREMOVE */ RETURN n",
        "MATCH (n:Set)-[:MERGE|CREATE]->(m:LOAD) RETURN n.set, $delete, $p.merge, n.`drop`",
        "MATCH (n) RETURN n AS `create`, {delete: 1, `merge`: 2}.set, n {.remove, drop: 1, .*}",
        "MATCH (n) RETURN n.created_at AS dataset, size(n.settings) AS offset",
        "MATCH (start)-[delete]->(set) WITH start, set AS load, delete "
        "WHERE start.x IS NOT NULL RETURN load, [merge IN [1] WHERE merge > 0 | merge] AS drop "
        "ORDER BY load DESC SKIP 1 LIMIT 2",
        "RETURN 'caf\\u00e9', \"\\\\u0027\" AS `caf\\u00e9`",
        r"RETURN 'C:\\users\\u+027' AS path",
        "MATCH (n) WITH DISTINCT * ORDER BY n.x RETURN *",
        "MATCH (n:A) USING INDEX n:A(x) WHERE n.x = 1 AND NOT EXISTS { (n)-->() } RETURN n",
        "MATCH (n) CALL (n) { MATCH (n)-->(m) RETURN count(m) AS c } RETURN n, c",
        "UNWIND [1] AS x CALL { WITH x RETURN 1 AS y UNION ALL RETURN 2 AS y } RETURN x, y",
        "RETURN COUNT { MATCH (n) RETURN n } AS c, COLLECT { MATCH (n) RETURN n.x } AS l",
        "RETURN CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END AS a, CASE 1 WHEN 1 THEN 2 END AS b",
        "MATCH p = shortestPath((a)-[*..5]-(b)) RETURN reduce(s = 0, r IN nodes(p) | s + r.x) AS s",
        "MATCH ALL SHORTEST (a)((x)-[:R]->(y)){1,3}(b) RETURN 0x1F + 1.5e3 - .5 AS x",
        "RETURN date.truncate('day', date()) AS d, text.join(['a'], ',') AS t",
        "RETURN apoc.text.join(['a'], ',') AS t",
        "CALL db.labels() YIELD label RETURN label UNION CALL db.labels() YIELD label RETURN label",
        "CALL `db` . `labels`",
        "SHOW INDEXES YIELD name RETURN name",
        "SHOW RANGE INDEXES",
        "SHOW ALL FUNCTIONS YIELD name",
        "MATCH (n:A) USING INDEX SEEK n:A(x, y) USING SCAN m:B WHERE size(n.x) = 1 RETURN n",
        "MATCH (n) WHERE n:% OR n:!% RETURN n.x % 2",
        "MATCH (start:A {x: 1})-[delete:B|SET {x: 1}]->(n {set: [1]}) WHERE n.x = start[n.y] "
        "RETURN start {.x, .y}, n.set[0], (n.x)+n.y, size(delete)",
        "MATCH ((a)-->(b))+ RETURN a",
        "RETURN 1_000 + 0o17 + 1.0f + 2d + 1e3F AS x",
        "RETURN trim(BOTH 'x' FROM 'y') AS t, db.nameFromElementId('4:x:1') AS name",
        "MATCH (n) WHERE n.x IS NOT NFKC NORMALIZED RETURN n",
        "MATCH (n) WHERE n.x IS NORMALIZED AND n.y IS NOT NORMALIZED RETURN n",
        "MATCH (n) WHERE n.x IS TYPED STRING OR n.x IS NOT TYPED INTEGER RETURN n",
        "MATCH (n) WHERE n.x IS :: LIST<STRING NOT NULL> OR n.x IS NOT :: ZONED DATETIME RETURN n",
        "MATCH (n) RETURN [x IN n.x WHERE x IS :: INTEGER | FLOAT | x] AS numbers",
        "MATCH (n) WHERE EXISTS { p = (n)-->(m) WHERE length(p) = 1 } RETURN n",
        "MATCH (a), (b) WHERE EXISTS { shortestPath((a)-[*]-(b)) } RETURN a",
        "MATCH (n) RETURN CASE n.x WHEN IS NULL THEN 1 WHEN IS NOT NULL THEN 2 END AS x",
        "WITH [1] AS transactions WHERE 1 IN transactions RETURN 1 AS one",
        "SHOW FUNCTIONS EXECUTABLE YIELD name",
        "MATCH (a) ((x)-->(y))* WHERE a.x IS NFC NORMALIZED RETURN a",
        "EXPLAIN MATCH (n) RETURN n",
        "PROFILE MATCH (n) RETURN n",
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
        ("MATCH (n) WITH * CREATE (m)", "CREATE"),
        ("MATCH (match) WITH DISTINCT * DELETE match", "DELETE"),
        ("MATCH (match) WITH match, true AS not WHERE not DELETE match", "NOT DELETE"),
        ("MATCH (n) WHERE n.x > 1.DELETE match", "DELETE match"),
        ("MATCH (n:A) USING INDEX n:A(x) DELETE n RETURN 1", "DELETE"),
        ("MATCH (n) WHERE n:% DELETE [n][0]", "DELETE"),
        ("MATCH (n) WHERE n:A&% DELETE n", "DELETE"),
        ("MATCH ((x)-->(y))+ DELETE [x][0]", "DELETE"),
        ("MATCH ((x)-->(y))* WHERE true DELETE [x][0]", "DELETE"),
        ("MATCH (n) ((x)-->(y))+ SET $p.x = 1", "SET"),
        ("MATCH (n) WHERE n.x IS NFC NORMALIZED DELETE [n][0]", "DELETE"),
        ("MATCH (match) WITH DISTINCT * DELETE [match][0]", "DELETE"),
        ("MATCH (n) WHERE n.x > 1.DELETE [n][0]", "DELETE ["),
        ("MATCH (n) RETURN n ORDER DELETE {n: n}.n", "DELETE {"),
        ("MATCH (n) RETURN n LIMIT REMOVE $p.x", "REMOVE $"),
        ("MATCH (n:A) USING evil.f(1) RETURN n", "evil.f"),
        ("MATCH (n:A) USING INDEX n:A(x), evil.f(1) RETURN n", "evil.f"),
        ("MATCH (n:A) USING INDEX n:evil(evil.f(1)) RETURN n", "evil.f"),
        ("RETURN 1 // x\r DELETE n", "DELETE"),
        ("MATCH (n) CALL { WITH n SET n.x = 1 } RETURN n", "SET"),
        ("MATCH (n) RETURN EXISTS { CREATE (m) }", "CREATE"),
        ("MATCH (n) WHERE CREATE (m) RETURN n", "create"),
        ("EXPLAIN CREATE (n)", "CREATE"),
        ("MATCH (n) RETURN EXISTS { evil.f(n) }", "EVIL"),
        ("MATCH (n) RETURN EXISTS { evil(n) }", "evil"),
        ("MATCH (n) WHERE n.x IS TYPED LIST<STRING NOT NULL> DELETE [n][0]", "DELETE"),
        ("MATCH (n) WHERE n.x IS :: INTEGER | FLOAT SET n.x = 1", "SET"),
        ("MATCH (n) WHERE n.x = 1_000DELETE n", "close"),
        ("MATCH (n) WHERE n.x = 1d DELETE n", "DELETE"),
        ("RETURN 1 UNION CREATE (n) RETURN 1", "CREATE"),
        ("RETURN 1; CREATE (n)", "more than one"),
        ("UNWIND [1] AS x CALL { MATCH (n) RETURN n } IN TRANSACTIONS RETURN x", "TRANSACTIONS"),
        ("UNWIND [1] AS x CALL { RETURN 1 } IN 3 CONCURRENT TRANSACTIONS RETURN x", "CONCURRENT"),
        (r"L\u004FAD CSV FROM 'file:///etc/passwd' AS row RETURN row", "LOAD"),
        (r"T\u0045RMINATE TR\u0041NSACTIONS 'x'", "TERMINATE"),
        (r"RETURN '\u0027 CREATE (n) //'", "CREATE"),
        (r"RETURN '\\\u0027 CREATE (n) //'", "CREATE"),
        (r"RETURN 1 // \u000a CREATE (n)", "CREATE"),
        (r"RETURN 1 /* \u002a\u002f CREATE (n) // */", "CREATE"),
        (
            r"WITH '\u+027 AS a LOAD CSV FROM 'file:///x' AS l RETURN l //' AS a RETURN a",
            r"\u+027",
        ),
        (
            "WITH '\\u\uff10\uff10\uff12\uff17 AS a CREATE (n) //' AS a RETURN a",
            "\\u\uff10\uff10\uff12\uff17",
        ),
        (r"RETURN 1 // \u+00A CREATE (n)", "double the backslash"),
        (r"RETURN 1 /* \u+02A/ CREATE (n) /* */", "double the backslash"),
        (r"RETURN '\u-027 CREATE (n) //'", "double the backslash"),
        (r"RETURN '\\\u+027 CREATE (n) //'", "double the backslash"),
        (r"RETURN '\uu0027 CREATE (n) //'", "double the backslash"),
        ("RETURN 'open", "close"),
        ("RETURN 1 /* open", "close"),
        ("RETURN 1 \u180e CREATE (n)", "close"),
        ("CALL do.when(true, 'MATCH (n) DETACH DELETE n', 'RETURN 1', {})", "do.when"),
        ("CALL apoc.merge.node(['A'], {})", "apoc.merge.node"),
        ("CALL `merge`.`node`(['A'], {})", "merge.node"),
        ("CALL /**/ refactor . mergeNodes([])", "refactor.mergenodes"),
        ("CALL dbms.setConfigValue('a', 'b')", "dbms.setconfigvalue"),
        ("RETURN apoc.cypher.runFirstColumnSingle('CREATE ()', {})", "apoc.cypher"),
        ("RETURN apoc.load.json('file:///x')", "apoc.load"),
        ("RETURN util.sleep(9)", "util.sleep"),
        ("RETURN `util`.`sleep`(9)", "util.sleep"),
        ("SHOW TRANSACTIONS", "TRANSACTIONS"),
        ("SHOW USERS YIELD user RETURN user", "USERS"),
        ("SHOW SETTINGS", "SETTINGS"),
        ("SHOW USER", "USER"),
        ("SHOW ALL", "ALL"),
        ("SHOW ALL USER", "USER"),
        ("USE system SHOW INDEXES", "USE"),
        ("CYPHER 5 CREATE (n)", "CYPHER"),
    ],
)
def test_writing_is_refused_and_named(cypher: str, word: str) -> None:
    with pytest.raises(WriteRefused, match=re.escape(word)):
        refuse_writes(cypher)


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH p = (a)-->(b) RETURN [n IN nodes(p) WHERE any(l IN labels(n) WHERE l = 'A') | n.x]",
        "RETURN [x IN [y IN range(1, 10) WHERE y > 2 | y + 1] | x]",
        "MATCH (n) WHERE n.x IN [1, 2] RETURN [i IN range(0, size(n.l) - 1) | n.l[i]]",
        "UNWIND range(1, 1000000) AS x RETURN sum(reduce(s = x, y IN [1, 2] | s + y)) AS s",
        "MATCH p = (a)-->(b) WHERE all(n IN nodes(p) WHERE single(m IN nodes(p) WHERE m = n)) "
        "RETURN p",
        "MATCH p = (a)-->(b) WHERE all(n IN nodes(p) WHERE size([m IN nodes(p) WHERE m = n]) = 1) "
        "RETURN [i IN range(0, size(nodes(p)) - 2) | i]",
        "MATCH (a), (b) WHERE any(x IN a.aliases WHERE any(y IN b.aliases WHERE toLower(x) = y)) "
        "AND any(x IN a.aliases WHERE any(p IN ['Dr', 'Prof'] WHERE x STARTS WITH p)) RETURN a, b",
        "MATCH (a) RETURN [x IN a.names | [y IN split(x, ' ') | [z IN apoc.coll.sort(y) | z + x]]]",
        "MATCH (a) RETURN [x IN a.l | [i IN range(0, size(x.l) - 1) | x.l[i]]], range(1, 12) AS m",
        "UNWIND range(1, $n) AS x RETURN x",
        "RETURN [x IN [1] | reduce(s = 0, y IN keys(x) | s + 1)], any(x IN [1] WHERE x IN [2])",
    ],
)
def test_loops_that_end_pass(cypher: str) -> None:
    refuse_writes(cypher)


@pytest.mark.parametrize(
    "cypher",
    [
        "RETURN size([x IN range(1, 9999) WHERE any(y IN range(1, 9999) WHERE y = -1)]) AS s",
        "MATCH (n) WITH collect(n) AS l RETURN reduce(s = 0, x IN l | s + size([y IN l | y])) AS s",
        "WITH [1] AS l RETURN all(x IN l WHERE none(y IN l WHERE single(z IN y.l WHERE z))) AS a",
        "RETURN reduce(s = 0, x IN range(1, 1000000000000) | s + x) AS s",
        "RETURN reduce(s = 0, x IN range(1, 1e12) | s + x) AS s",
        "RETURN reduce(s = 0, x IN `range`(1, 1000000000000) | s + x) AS s",
        "RETURN reduce(s = 0, x IN range(1, 9999 * 9999 * 9999) | s + x) AS s",
        "RETURN reduce(s = 0, x IN range(1, toInteger('1000000000000')) | s + x) AS s",
        f"RETURN reduce(s = 0, x IN range(1, {'9' * 5000}) | s + x) AS s",
        "RETURN reduce(s = 0, x IN range(1, $n) | s + x) AS s",
        "WITH 1000000000000 AS n RETURN reduce(s = 0, x IN range(1, n) | s + x) AS s",
        "WITH range(1, 1000000000000) AS l RETURN reduce(s = 0, x IN l | s + x) AS s",
        "UNWIND range(1, 1000000000000) + [1] AS x RETURN x",
        "RETURN [x IN [1000000000000] | [y IN range(1, x) | y]] AS l",
        "RETURN [x IN range(1, 99) | [y IN range(1, 99 + 0 * x) | [z IN range(1, 9 + y) | 1]]]",
        "WITH [1] AS l RETURN [x IN l | [y IN l + x | y]] AS s",
        "WITH [1] AS l RETURN [x IN l | [y IN coll.union(x, l) | y]] AS s",
        "WITH [1] AS l RETURN [x IN [l] | [y IN x | [z IN x | z]]] AS s",
        "WITH [1] AS l RETURN [x IN l | [y IN [l, l][0] | y]] AS s",
        "WITH [1] AS l RETURN [x IN l | [y IN [z IN l WHERE z] | y]] AS s",
        "WITH {l: [1]} AS m RETURN [x IN m.l | [y IN m.l | [z IN m.l | z]]] AS s",
        "MATCH (n) RETURN [x IN nodes($p) | [y IN $l | y]] AS s",
    ],
)
def test_loops_that_no_server_ends_are_refused(cypher: str) -> None:
    with pytest.raises(GraphRejected, match="UNWIND"):
        refuse_writes(cypher)


@pytest.mark.parametrize(
    "call",
    [
        "text.rpad('a', 2000000000, ' ')",
        "text.lpad('a', 2000000000, ' ')",
        "text.format('%2000000000d', [1])",
        "coll.fill('a', 2000000000)",
        "coll.combinations([1, 2], 1, 60)",
        "coll.randomItems([1], 2000000000, true)",
    ],
)
def test_values_that_grow_with_a_number_are_refused(call: str) -> None:
    for each in (call, f"apoc.{call}"):
        with pytest.raises(WriteRefused, match="and soon"):
            refuse_writes(f"RETURN {each} AS x")
