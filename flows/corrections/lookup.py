"""Which entity of the graph, or relation of the checkpoint, is meant by an id or a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from extractor.relations import RelationVocabulary, relationship_type
from flows.errors import CorrectionsRejected, NoSuchEntity
from graph.client import Graph
from graph.model.records import FoundEntity

NEAR = 3
"""Relations offered where the one asked for is unknown."""

Choose = Callable[[str, Sequence[FoundEntity]], FoundEntity]


def find_entity(graph: Graph, name: str, choose: Choose) -> FoundEntity:
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


def relation_id(vocabulary: RelationVocabulary, given: str) -> str:
    """Return the id of a relation that is given by id, English name or relationship type.

    Raises:
        CorrectionsRejected: the checkpoint has no such relation; the message tells near ones.
    """
    if given in vocabulary.names:
        return given
    types = {type_: relation for relation, type_ in vocabulary.types.items()}
    wanted = relationship_type(given)
    if wanted in types:
        return types[wanted]
    within = [type_ for type_ in types if wanted and wanted in type_]
    near = dict.fromkeys([*within, *get_close_matches(wanted, types, n=NEAR)])
    offered = [repr(vocabulary.names[types[type_]]) for type_ in list(near)[:NEAR]]
    meant = f"do you mean {' or '.join(offered)}? " if offered else ""
    raise CorrectionsRejected(
        f"{given!r} is no relation of the checkpoint: {meant}factloom relations lists them all"
    )
