"""The type of a Wikidata item: by its classes, else its description, else its relations."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from benchmarks.training.parts.starter.items import Item, Triple
from benchmarks.training.parts.starter.nouns import TYPE_OF_NOUN
from corpus.knowledge.wikidata_types import DEFAULT_TYPES, SKIPPED

_PHRASES = (
    (r"\b(wikimedia|wikipedia|disambiguation|given name|family name)\b", SKIPPED),
    (r"\b(ethnic|ethnoreligious|religious|social|indigenous) (group|community|people)", "MISC"),
    (r"\b(citizens?|americans?|people) (of|with|who)\b.*\b(descent|ancestry|origin)\b", "MISC"),
    (r"^native american people", "MISC"),
    (r"\b(league|football|baseball|basketball|hockey)\b.*\bfranchise\b", "ORG"),
    (r"\b(university system|(lower|upper|royal|noble|publishing) house|noble family)\b", "ORG"),
    (r"^french department\b|\bseat of\b", "LOC"),
    (r"\b(team|club) representing\b|\b(football|sports?) (team|club)\b", "ORG"),
    (r"\b(multi-sport event|operating system|programming language|video game$)", "MISC"),
    (r"^head of\b|\b(public|political) office\b", "MISC"),
    (r"\bbranch of .*(forces|military)\b|\bgoverning body\b", "ORG"),
    (r"\b(county seat|seat of|body of water|island group|part of .* (sea|territories))", "LOC"),
)
"""What decides alone, in the order in which it is tried."""
_REST = re.compile(
    r"\b(in|of|from|by|for|based|located|at|on|between|to|with|about|during|set in|directed|who"
    r"|that|which|known|best|produced|written|released|created|published|starring|belonging|serving"
    r"|near|under|since|within|operating|headquartered|founded|owned|playing|broadcast by|aired"
    r"|used|spoken|native|developed|awarded|given|presented|made|featuring|where|is|was|has|had"
    r"|using|formed|as|around|off|whose|while|headed|consisting|comprising|held|led|launched"
    r"|representing|centered|connected|fought|sanctioned|originating|occurring|running|appearing|primarily)\b|[;:]"
)
"""Where the noun that says what a thing is has passed."""
_PART = re.compile(
    r"^((one|part|arm|type|kind|version|edition|\w+ edition) of|.*\b(largest|smallest) of)\b"
)
"""What stands before the noun: 'one of the provinces', 'part of the North Sea'."""
_BORN = re.compile(r"\b\w+-(born|based|owned)\b|^(born )?\d{4};")
_ASKED = {
    "head": {
        "PER": "P19 P20 P22 P25 P26 P27 P40 P69 P102 P106 P1412 P3373 P451 P509 P551 P737",
        "ORG": "P112 P159 P488 P740 P749",
        "LOC": "P30 P36 P47",
        "MISC": "P57 P58 P161 P840",
    },
    "tail": {
        "PER": "P22 P25 P26 P40 P50 P57 P58 P112 P161 P170 P451 P488 P737 P3373",
        "ORG": "P54 P69 P102 P108 P118 P264 P463 P749",
        "LOC": "P17 P19 P20 P27 P30 P36 P47 P131 P159 P495 P530 P551 P740 P840",
        "MISC": "P37 P140 P172 P407 P1412",
    },
}
"""End of a relation -> the type that it asks for there -> relations."""


def asked_types(triples: Iterable[Triple]) -> Mapping[str, str]:
    """Return for each item the type that most of its relations ask for, of equals the first."""
    sides = {
        (end, relation): type_
        for end, types in _ASKED.items()
        for type_, relations in types.items()
        for relation in relations.split()
    }
    asked: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for head, relation, tail in triples:
        for end, item in (("head", head), ("tail", tail)):
            if type_ := sides.get((end, relation)):
                asked[item][type_] += 1
    return {item: min(types, key=lambda t: (-types[t], t)) for item, types in asked.items()}


def type_of_item(item: Item, asked: Mapping[str, str]) -> str | None:
    """Return the type, `SKIPPED` where it is no entity, None where nothing tells.

    Args:
        item: what Wikidata says of it.
        asked: what its relations ask for, by item.
    """
    classes = [DEFAULT_TYPES[each] for each in item.classes if each in DEFAULT_TYPES]
    described = described_type(item.description)
    if SKIPPED in (*classes, described):
        return SKIPPED
    if described in classes:
        return described
    return next(iter(classes), None) or described or asked.get(item.id)


def described_type(description: str) -> str | None:
    """Return the type that a description tells, None where it tells none."""
    text = _BORN.sub(" ", re.sub(r"\([^)]*\)", " ", description)).lower()
    for phrase, type_ in _PHRASES:
        if re.search(phrase, text):
            return type_
    head = _REST.split(_PART.sub("", text), maxsplit=1)[0]
    found = [_noun_type(part) for part in re.split(r",|/|&|\band\b", head)]
    told = [type_ for type_ in found if type_ is not None]
    if "PER" in told:  # 'economist and Nobel Prize laureate'
        return "PER"
    return told[-1] if told else None


def _noun_type(phrase: str) -> str | None:
    words = re.findall(r"[^\W\d_][\w'-]*", phrase)
    if not words:
        return None
    last = words[-1]
    forms = (last, last.removesuffix("s"), re.sub("ies$", "y", last), last.removesuffix("es"))
    return next((TYPE_OF_NOUN[form] for form in forms if form in TYPE_OF_NOUN), None)
