"""Which nodes are ours, in a database in which users keep nodes of their own.

A label is not enough, and neither is an id: ours is a node that has its label and a property that
we always set and nobody else does. A relationship is an edge of ours where it has a `margin`, and a
mention where it has `spans`. The statements in `graph/cypher` ask for these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph.driver.transaction import Transaction
from graph.errors import GraphRejected
from graph.reading.queries import Read

MARKERS: Mapping[str, str] = {
    "Entity": "folded_name",
    "Document": "content_hash",
    "Evidence": "edge",
    "Correction": "verdict",
    "FailedDocument": "last_tried",
    "Run": "config_hash",
    "Cursor": "position",
    "Schema": "turn",
    "Writer": "turn",
}
"""Label -> the property by which a node with a key is known to be ours. Of the last two there is
one each, known by its id 'factloom'; nobody else's has a turn."""
KEYS = {"Cursor": "source"}
"""Label -> the property that tells its nodes apart, where that is not `id`."""


def refuse_clashes(read: Read) -> None:
    """Refuse a database, before anything of ours is in it, whose nodes would pass for ours.

    Raises:
        GraphRejected: the message names labels, counts and an example of each.
    """
    rows = [
        {"label": label, "key": KEYS.get(label, "id"), "marker": marker}
        for label, marker in MARKERS.items()
    ]
    if clashes := read("foreign_nodes", rows=rows):
        named = ", ".join(
            f"{each['count']} {each['label']} like {each['example']!r}" for each in clashes
        )
        raise GraphRejected(
            f"the database has nodes that would pass for Factloom's: {named}. Give Factloom a "
            "database of its own (FACTLOOM_GRAPH__DATABASE; on one machine FACTLOOM_HOME), or "
            "rename these labels"
        )


def refuse_taken(transaction: Transaction, label: str, keys: Iterable[str]) -> None:
    """Refuse to write nodes of ours whose keys a user's nodes have taken since the schema was made.

    Raises:
        GraphRejected: the message names the label and a key.
    """
    statement = "taken_cursors" if label == "Cursor" else "taken_ids"
    named = "" if label == "Cursor" else label
    taken = transaction.rows(statement, sorted(keys), label=named, marker=MARKERS[label])
    if taken:
        key = min(record["key"] for record in taken)
        raise GraphRejected(
            f"the database has a node {label} with the {KEYS.get(label, 'id')} {key!r} that is not "
            "Factloom's, which leaves it as it is and cannot store its own: rename its label or key"
        )
