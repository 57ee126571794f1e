"""Which entity of the graph is meant by an id or a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flows.errors import NoSuchEntity
from graph.client import Graph
from graph.records import FoundEntity

Choose = Callable[[str, Sequence[FoundEntity]], FoundEntity]


def resolve(graph: Graph, name: str, choose: Choose) -> FoundEntity:
    """Return the entity of an id or a name; an ambiguous name is for `choose` to decide.

    Raises:
        NoSuchEntity: there is none.
    """
    found = graph.find(name)
    exact = [entity for entity in found if entity.id == name]
    if not found:
        raise NoSuchEntity(
            f"the graph has no entity {name!r}: give an id, a name or an alias; "
            "factloom find shows names that begin like it"
        )
    if exact or len(found) == 1:
        return (exact or found)[0]
    return choose(name, found)
