"""Names that a user gave for a document without mentions -> its clusters.

Each whole-word occurrence of a name becomes a mention. The names of one row of the entities file
are one entity; a name that only triples use is an entity of its own, typed by the constraints of
their relations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractor.datasets.csv_rows import Row
from extractor.datasets.occurrences import find_names
from extractor.names import fold_name
from extractor.relations import ANY_TYPES, RelationVocabulary
from extractor.schema import Cluster, Mention, check_type_name

UNTYPED = "MISC"
"""The type of an entity that neither a constraint nor the entities file says anything of."""
REMEDY = "give it a row in the entities file"


def clusters_of_names(
    text: str,
    triples: Sequence[Row],
    entities: Sequence[Row],
    vocabulary: RelationVocabulary,
    problems: list[str],
) -> tuple[Cluster, ...]:
    """Return the clusters of one document in the order of the rows, entities first.

    Rows that cannot be used go to `problems`; the name of a triple that does not occur in the text
    is left to whoever looks it up.
    """
    types, entity_of = _listed(entities, problems)
    for name, type_ in _only_in_triples(triples, entity_of, vocabulary, problems).items():
        entity_of[name] = name
        types[name] = type_
    found = find_names(text, entity_of)
    mentions: dict[str, list[Mention]] = {entity: [] for entity in types}
    for name, spans in found.items():
        entity = entity_of[name]
        mentions[entity] += [Mention(start=s.start, end=s.end, type=types[entity]) for s in spans]
    for row in entities:
        if row.place in types and not mentions[row.place]:
            problems.append(f"{row.place}: {row['name']!r} does not occur in the document")
    return tuple(
        Cluster(type=types[entity], mentions=tuple(sorted(own, key=lambda m: (m.start, m.end))))
        for entity, own in mentions.items()
        if own
    )


def _listed(entities: Sequence[Row], problems: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return place of a row -> type, and folded name -> place, of the entities file's entities."""
    types: dict[str, str] = {}
    entity_of: dict[str, str] = {}
    for row in entities:
        names = {fold_name(name) for name in row["name"].split("|")} - {""}
        taken = sorted(name for name in names if name in entity_of)
        try:
            check_type_name(row["type"])
            if taken:
                raise ValueError(f"{taken[0]!r} is a name of another entity, {entity_of[taken[0]]}")
        except ValueError as error:
            problems.append(f"{row.place}: {error}")
            continue
        types[row.place] = row["type"]
        entity_of |= dict.fromkeys(names, row.place)
    return types, entity_of


def _only_in_triples(
    triples: Sequence[Row],
    listed: Mapping[str, str],
    vocabulary: RelationVocabulary,
    problems: list[str],
) -> dict[str, str]:
    """Return the type of each folded name that only triples use."""
    possible: dict[str, frozenset[str]] = {}
    first: dict[str, tuple[str, str]] = {}
    for row in triples:
        allowed = vocabulary.constraints.get(row["relation"], ANY_TYPES)
        for end, types in (("head", allowed.head), ("tail", allowed.tail)):
            name = fold_name(row[end])
            if name in listed:
                continue
            first.setdefault(name, (row.place, row[end]))
            before = possible.get(name, frozenset())
            possible[name] = before & types if before and types else before | types
            if before and types and not before & types:
                problems.append(
                    f"{row.place}: {row[end]!r} cannot be {_either(before)} as above and "
                    f"{_either(types)} here: {REMEDY}"
                )
    for name, types in possible.items():
        if len(types) > 1:
            place, written = first[name]
            problems.append(f"{place}: {written!r} may be {_either(types)}: {REMEDY}")
    return {name: min(types, default=UNTYPED) for name, types in possible.items()}


def _either(types: frozenset[str]) -> str:
    return " or ".join(sorted(types))
