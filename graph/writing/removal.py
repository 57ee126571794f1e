"""Taking our nodes out of a database in which users keep their own data too.

A node that a user tied to something or labelled stays, without our labels and properties: what we
promise to delete is gone, and what is the user's is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from graph.driver.transaction import Transaction
from graph.model.records import FailedDocument
from graph.model.tables import CORRECTIONS, DOCUMENTS, ENTITIES, EVIDENCE, Table
from graph.reading.foreign import MARKERS


def _properties(table: Table) -> set[str]:
    return {table.renamed.get(column, column) for column in table.columns}


OURS = {
    "Document": _properties(DOCUMENTS),
    "Evidence": _properties(EVIDENCE),
    "Correction": _properties(CORRECTIONS),
    "FailedDocument": {*(field.name for field in fields(FailedDocument)), "run"},
}
"""Label -> the properties that we set."""


def delete_nodes(transaction: Transaction, label: str, ids: Iterable[str]) -> set[str]:
    """Take nodes of a label of `OURS` out, and return the ids of those that there were."""
    without = dict.fromkeys(sorted(OURS[label]))
    found = transaction.rows(
        "delete_nodes", sorted(ids), label=label, marker=MARKERS[label], without=without
    )
    return {id_ for record in found for id_ in record["keys"]}


def delete_entities(transaction: Transaction, ids: Iterable[str]) -> set[str]:
    """Take out those of the entities that no mention and no edge holds, and return their ids."""
    without = dict.fromkeys(sorted(_properties(ENTITIES) - {"labels"}))
    found = transaction.rows("delete_entities", sorted(ids), without=without)
    return {id_ for record in found for id_ in record["keys"]}
