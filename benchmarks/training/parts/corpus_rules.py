"""What follows from labelled facts, as `docs/how-to/labelling.md` lists it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

Triple = tuple[str, str, str]
"""Head, relation, tail; by names."""

OTHER_WAY: Mapping[str, str] = {
    one: other
    for pair in (
        ("P26", "P26"),
        ("P3373", "P3373"),
        ("P190", "P190"),
        ("P355", "P749"),
        ("P361", "P527"),
        ("P155", "P156"),
        ("P1365", "P1366"),
        ("P710", "P1344"),
        ("P36", "P1376"),
        ("P674", "P1441"),
    )
    for one, other in (pair, pair[::-1])
} | {"P22": "P40", "P25": "P40"}
"""A relation -> the one that holds the other way round."""
LIES_IN = ("P131", "P276", "P159")
"""What lies so in a place lies in its country."""
DATES = ("P571", "P577", "P580", "P585")
ON_THE_WORK = ("P50", "P57", "P58", "P86", "P161", "P162", "P170", "P175", "P676")
MADE = ("P176", "P178", "P123", "P1056")
OWNED = ("P749", "P127", "P361")
JOINED = ("P108", "P54", "P463", "P102", "P39")
OPTIONAL: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "P131": (("P276",), ()),
    "P17": (("P131", "P276", "P495", "P1001"), ()),
    **dict.fromkeys(("P159", "P276", "P706", "P740"), (("P131", "P276", "P159"), ())),
    **dict.fromkeys(OWNED, (("P749", "P127", "P137", "P361"), ("P355", "P527"))),
    **dict.fromkeys(("P355", "P527"), (("P355", "P527"), ("P749", "P127", "P137", "P361"))),
    **dict.fromkeys(JOINED, (("P108", "P463"), ("P527",))),
    "P112": (("P127", "P170"), ("P108", "P488", "P463", "P800")),
    **dict.fromkeys(ON_THE_WORK, (("P175", "P170"), ("P800", "P1344"))),
    **dict.fromkeys(("P19", "P69"), (("P551", "P27"), ())),
    "P27": (("P19", "P551", "P172"), ()),
    **dict.fromkeys(MADE, (("P176", "P178", "P123", "P170"), ("P1056", "P800"))),
    **dict.fromkeys(DATES, (DATES, ())),
    "P40": ((), ("P22", "P25")),
}
"""A relation -> what may be listed beside it, the same way and the other way round."""
COUNTRY_ONLY = ("P17", "P27", "P495")
CONTINENTS = {"Africa", "Antarctica", "Asia", "Australia", "Europe", "North America", "Oceania"} | {
    "South America"
}
OF_PEOPLE = ("P19", "P20", "P27", "P551", "P937")
"""Relations of a person to a place: the places around it may be listed too."""


def completed(
    facts: Mapping[Triple, Sequence[int]], types: Mapping[str, str], countries: Collection[str]
) -> dict[Triple, tuple[int, ...]]:
    """Return facts and all that follow from them, with the sentences that say so.

    Args:
        facts: as they are labelled, with their sentences.
        types: of the entities.
        countries: names of countries.
    """
    known = {fact: tuple(sorted(set(sentences))) for fact, sentences in facts.items()}
    while new := {e: said for e, said in _next(known, types, countries) if e not in known}:
        known |= new
    return known


def _next(
    known: Mapping[Triple, tuple[int, ...]], types: Mapping[str, str], countries: Collection[str]
) -> Iterator[tuple[Triple, tuple[int, ...]]]:
    places: dict[str, list[tuple[Triple, tuple[int, ...]]]] = {}
    for fact, said in known.items():
        places.setdefault(fact[0], []).append((fact, said))
    for (head, relation, tail), said in known.items():
        if other := OTHER_WAY.get(relation):
            yield (tail, other, head), said
        if relation == "P1376":
            yield (head, "P17" if tail in countries else "P131", tail), said
        for (_, further, last), also in places.get(tail, ()):
            both = tuple(sorted({*said, *also}))
            if relation == further == "P131" and last != head:
                yield (head, "P131", last), both
            placed = relation in LIES_IN and types[head] in ("LOC", "ORG")
            if placed and further == "P17" and last != head:
                yield (head, "P17", last), both


def optional(
    facts: Iterable[Triple],
    listed: Iterable[Triple],
    places: Iterable[tuple[str, str]],
    types: Mapping[str, str],
    countries: Collection[str],
) -> set[Triple]:
    """Return what a careful annotator may or may not list, none of which is a fact.

    Args:
        facts: completed.
        listed: what the labels give as optional.
        places: (smaller, larger) that the text does not state.
        types: of the entities.
        countries: their names.
    """
    facts, listed = set(facts), set(listed)
    countries = {*countries, *(tail for _, relation, tail in facts if relation in COUNTRY_ONLY)}
    found: set[Triple] = set()
    for head, relation, tail in facts | listed:
        found |= _both_ways(head, tail, OPTIONAL.get(relation, ((), ())))
        if other := OTHER_WAY.get(relation):
            found.add((tail, other, head))
    stated = {(h, t) for h, r, t in facts | listed if r in (*LIES_IN, "P17")}
    around = _closure(stated | set(places))
    for small, large in around:
        found |= {(small, each, large) for each in _around(types[small], large, countries)}
        if types[small] == "LOC":
            found.add((large, "P150", small))
    for head, relation, tail in facts | listed:
        if relation in OF_PEOPLE:
            for large in (large for small, large in around if small == tail):
                found |= _both_ways(head, large, (OF_PEOPLE, ()))
    sensible = {
        (head, relation, tail)
        for head, relation, tail in found
        if head != tail and (relation not in COUNTRY_ONLY or tail in countries)
    }
    return (sensible | listed) - facts


def _around(kind: str, large: str, countries: Collection[str]) -> list[str]:
    """Return the relations that may be listed between a thing of a type and a place around it."""
    if large in CONTINENTS:
        return ["P30", "P276"]
    return ["P131", "P276", "P17"] + ["P159"] * (kind == "ORG") + ["P495"] * (kind == "MISC")


def _both_ways(
    head: str, tail: str, relations: tuple[tuple[str, ...], tuple[str, ...]]
) -> set[Triple]:
    return {(head, each, tail) for each in relations[0]} | {
        (tail, each, head) for each in relations[1]
    }


def _closure(inside: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return what lies in what, by way of others too."""
    known = set(inside)
    while new := {(a, d) for a, b in known for c, d in known if b == c and a != d} - known:
        known |= new
    return known
