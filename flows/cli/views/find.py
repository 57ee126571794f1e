"""`factloom find`: which entities a name or an id stands for."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from graph.model.records import FoundEntity


def entities_table(entities: Sequence[FoundEntity]) -> RenderableType:
    """Return entities as a table, in their order."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    for column in ("id", "name", "type"):
        table.add_column(column, overflow="fold")
    table.add_column("link", justify="right")
    table.add_column("documents", justify="right")
    table.add_column("description", overflow="fold")
    for entity in entities:
        link = f"{entity.link_confidence:.2f}" if entity.linked else "none"
        named = (entity.id, entity.name, entity.type, link)
        table.add_row(*map(Text, (*named, str(entity.documents), entity.description)))
    return table
