"""The tables that a graph is exported as: one for each kind of node, one for each kind of edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Row = dict[str, Any]
"""A row by column; None where the graph has no such property."""


class Kind(Enum):
    """What a column holds."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    STRINGS = "strings"
    INTEGERS = "integers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is exported of one kind of thing."""

    name: str
    says: str
    """One line for a reader of the files."""
    columns: Mapping[str, Kind]
    renamed: Mapping[str, str]
    """Column -> the property that it holds, where that has another name."""

    def row(self, record: Mapping[str, Any]) -> Row:
        """Return the row of a record: its `props`, and what the statement tells beside them."""
        values = record | record.get("props", {})
        return {column: values.get(self.renamed.get(column, column)) for column in self.columns}

    def left_out(self, record: Mapping[str, Any]) -> set[str]:
        """Return the properties of a record that no column holds."""
        held = {self.renamed.get(column, column) for column in self.columns}
        return set(record.get("props", {})) - held


def _table(name: str, says: str, columns: str, **renamed: str) -> Table:
    """Return a table whose columns are written 'name', or 'name:kind' for other than strings."""
    pairs = (column.partition(":") for column in columns.split())
    kinds = {column: Kind(kind or "string") for column, _, kind in pairs}
    return Table(name=name, says=says, columns=kinds, renamed=renamed)


ENTITIES = _table(
    "entities",
    "what mentions stand for; a linked one has its kb_id",
    "id labels:strings name folded_name type aliases:strings kb_id linked:flag "
    "link_confidence:number former_ids:strings description first_seen last_seen",
)
DOCUMENTS = _table(
    "documents",
    "every document that counts as processed; without its text, which stays at the source",
    "id source index title url content_hash config_hash digest checkpoint updated_at extracted_at "
    "unscored_pairs:integer",
)
MENTIONS = _table(
    "mentions",
    "which entity a document names; spans are start, end, start, end, ... in code points",
    "entity document count:integer spans:integers names:strings link_confidence:number "
    "candidate candidate_confidence:number",
)
EVIDENCE = _table(
    "evidence",
    "what one document says of one edge, with its sentences",
    "id edge document head relation tail margin:number probability:number link_confidence:number "
    "sentences:integers pages:integers text contradicts checkpoint run",
)
EDGES = _table(
    "edges",
    "what all evidence of one head, relation and tail adds up to; rejected ones too: see status",
    "head type tail relation margin:number probability:number documents:integer "
    "contradicted:integer checkpoint first_seen last_seen status",
    relation="id",
)
CORRECTIONS = _table(
    "corrections",
    "what people said of edges",
    "id head relation tail verdict by at note head_entity tail_entity",
)
WRITER = _table(
    "writer", "whose turn it is to write; only for an import", "id turn:integer run started_at"
)
SCHEMA = _table("schema", "version of the graph's schema", "id version:integer")

TABLES = (ENTITIES, DOCUMENTS, MENTIONS, EVIDENCE, EDGES, CORRECTIONS, SCHEMA)
