"""`factloom find`: which entities a name or an id stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from extractor.names import fold_name
from graph.model.records import FoundEntity, Written

NAMES = 3
"""Names shown that documents use, beside the entity's own."""
UNMENTIONED = Written(names=(), candidates=(), candidate_confidence=0.0)


def entities_table(
    entities: Sequence[FoundEntity], written: Mapping[str, Written]
) -> RenderableType:
    """Return entities as a table, in their order, each with how documents write it."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    for column in ("id", "name", "type"):
        table.add_column(column, overflow="fold")
    for column in ("link", "documents"):
        table.add_column(column, justify="right")
    for column in ("written", "description"):
        table.add_column(column, overflow="fold")
    for entity in entities:
        link = f"{entity.link_confidence:.2f}" if entity.linked else "none"
        cells = (entity.id, entity.name, entity.type, link, str(entity.documents))
        told = _written(entity, written.get(entity.id, UNMENTIONED))
        table.add_row(*map(Text, (*cells, told, entity.description)))
    return table


def _written(entity: FoundEntity, written: Written) -> str:
    """Return other names that documents use, and what a NIL may be."""
    own = fold_name(entity.name)
    others = [name for name in written.names if fold_name(name) != own]
    told = [f"as {' and '.join(map(repr, others[:NAMES]))}"] if others else []
    if written.candidates:
        may_be = " or ".join(written.candidates[:NAMES])
        told.append(f"may be {may_be} ({written.candidate_confidence:.2f})")
    return "; ".join(told)
