"""Refusing queries that write, before any server sees them.

Neo4j refuses writes in a transaction opened for reading. ArcadeDB ignores that, and commits schema
changes and `CALL {} IN TRANSACTIONS` on its own, so that rolling back would come too late.
"""

from __future__ import annotations

import re

from graph.errors import WriteRefused

NOT_CODE = re.compile(
    r"""
      '(?:\\.|[^'\\])*'     # a string
    | "(?:\\.|[^"\\])*"
    | `(?:``|[^`])*`        # an escaped name
    | //[^\n]*              # a comment
    | /\*.*?\*/
    """,
    re.VERBOSE | re.DOTALL,
)
WRITES = re.compile(
    r"(?<![.:$\w])(?:CREATE|MERGE|SET|DELETE|DETACH|REMOVE|FOREACH|INSERT|DROP|ALTER|RENAME|GRANT"
    r"|REVOKE|DENY|LOAD|START|STOP|ENABLE|TERMINATE|TRANSACTIONS)(?!\w)",
    re.IGNORECASE,
)


def refuse_writes(cypher: str) -> None:
    """Do nothing for a query that can only read.

    Raises:
        WriteRefused: the query has the word of a clause that writes; the message names it.
    """
    found = WRITES.search(NOT_CODE.sub(" '' ", cypher))
    if found:
        raise WriteRefused(
            f"this query holds {found[0].upper()}, and only reading is allowed here; "
            "put a name that reads like this between back-ticks"
        )
