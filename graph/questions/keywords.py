"""The keywords of Cypher, by where they stand, in capitals."""

from __future__ import annotations

from graph.questions.known import words

CLAUSES = words("MATCH OPTIONAL WITH RETURN UNWIND CALL UNION SHOW EXPLAIN PROFILE FINISH")
JOINING = words(
    "WHERE ORDER SKIP OFFSET LIMIT YIELD AS USING AND OR XOR NOT IN IS CONTAINS STARTS ENDS "
    "WHEN THEN ELSE FROM SHORTEST PATH PATHS GROUP GROUPS"
)
"""Keywords behind an operand, before another one."""
ENDING = words("ASC ASCENDING DESC DESCENDING END FINISH NORMALIZED")
"""Keywords behind an operand that count as its end."""
KEYWORDS = CLAUSES | JOINING | ENDING
PREFIXES = words("NOT DISTINCT CASE")
"""Words in an operand's place that stand before an operand."""
PAIRS = {
    *(("ORDER", "BY"), ("STARTS", "WITH"), ("ENDS", "WITH"), ("IS", "NOT"), ("CASE", "WHEN")),
    *(
        ("WHEN", "IS"),
        ("OPTIONAL", "MATCH"),
        ("OPTIONAL", "CALL"),
        ("UNION", "ALL"),
        ("UNION", "DISTINCT"),
    ),
}
"""Keywords that follow each other without an operand between them."""
TYPES = words(
    "ANY BOOLEAN BOOL STRING VARCHAR INTEGER INT FLOAT DATE LOCAL ZONED TIME DATETIME DURATION "
    "POINT NODE VERTEX RELATIONSHIP EDGE MAP LIST PATH PROPERTY VALUE NOTHING NOT NULL"
)
"""Words of a type, behind IS TYPED or IS ::."""
HINTS = words("INDEX TEXT RANGE POINT SEEK SCAN JOIN ON")
WRITES = words(
    "CREATE MERGE SET DELETE DETACH NODETACH REMOVE FOREACH INSERT DROP ALTER RENAME GRANT REVOKE "
    "DENY LOAD START STOP ENABLE TERMINATE USE DRYRUN"
)
"""Words that begin a clause or a command that does more than read."""
BEHIND = KEYWORDS | WRITES
"""Words that are taken for keywords behind a pattern that is repeated."""
PENDING = ("(", "[", ",", ":", "|", "&", "!", "=")
"""Symbols right behind which no clause begins."""
