"""Keeping the embedded server from plans that multiply the whole graph with itself.

Its optimizer counts the nodes of a label without those of its subtypes. Every entity is of a
subtype (`Entity~Person`), so it takes `Entity` for empty, and joins evidence to its entities by
multiplying all entities with all entities first.
"""

from __future__ import annotations

import re
from typing import Any

from neo4j import Driver, Transaction

EMBEDDED = "ArcadeDB"
PRODUCT = "CartesianProduct"
BEGINS_WITH_MATCH = re.compile(r"(?:\s|//[^\n]*\n|/\*.*?\*/)*MATCH\b", re.IGNORECASE | re.DOTALL)


def counts_without_subtypes(driver: Driver) -> bool:
    """Tell whether the server is one whose optimizer takes `Entity` for empty."""
    return EMBEDDED in driver.get_server_info().agent


def without_product(transaction: Transaction, cypher: str, parameters: dict[str, Any]) -> str:
    """Return a query as the server should run it: unchanged, unless its plan holds a product.

    Such a query gets `WITH *` in front. That clause carries on the one empty row with which every
    query begins, so that the answer is the same; but the server leaves its optimizer out, follows
    the clauses as they are written, and looks up in an index what an earlier clause has found.

    A query that begins with another clause is followed so anyway. Of a UNION only the first branch
    is helped.
    """
    if not BEGINS_WITH_MATCH.match(cypher):
        return cypher
    plan = transaction.run(f"EXPLAIN {cypher}", parameters).consume().plan
    return f"WITH * {cypher}" if PRODUCT in str(plan) else cypher
