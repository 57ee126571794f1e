"""What a Wikidata item is to us: by its classes (P31), else by which properties it has.

The classes here are the most common ones; a file adds to them (`factloom entities build --types`).
Subclasses are not followed: that would take all of Wikidata in memory.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from corpus.errors import SourceRejected
from corpus.knowledge.csv_lines import csv_lines
from extractor.schema import check_type_name

SKIPPED = ""
"""The type of classes whose items are no entities."""

_CLASSES = {
    "PER": "Q5 Q15632617 Q95074 Q3658341 Q15773347 Q22989102 Q20643955",
    "ORG": (
        "Q43229 Q4830453 Q6881511 Q783794 Q891723 Q163740 Q7278 Q476028 Q847017 Q215380 Q5741069 "
        "Q3918 Q3914 Q9826 Q875538 Q11032 Q41298 Q1616075 Q14350 Q18127 Q2085381 Q327333 Q245065 "
        "Q176799 Q16917 Q46970 Q31855 Q33506 Q12973014 Q4438121 Q216337 Q641066 Q6979593 Q902104 "
        "Q189004 Q414147 Q47913"
    ),
    "LOC": (
        "Q515 Q6256 Q3624078 Q486972 Q532 Q3957 Q1549591 Q484170 Q262166 Q747074 Q8502 Q4022 "
        "Q23397 Q23442 Q5107 Q35657 Q47168 Q34442 Q41176 Q7930989 Q1093829 Q15284 Q5119 Q1637706 "
        "Q165 Q9430 Q39816 Q46831 Q8514 Q4421 Q22698 Q55488 Q928830 Q1248784 Q12280 Q16970 Q23413 "
        "Q483110 Q123705 Q188509 Q5084 Q10864048 Q82794 Q15642541 Q7275 "
        "Q33837 Q62049 Q22865 Q42744322"
    ),
    "MISC": (
        "Q11424 Q5398426 Q7725634 Q47461344 Q571 Q482994 Q134556 Q7366 Q105543609 Q7889 Q41710 "
        "Q34770 Q198 Q178561 Q40231 Q618779 Q9174 Q16521 Q12136 Q11173 Q3305213 Q7187 Q8054 "
        "Q132241 Q13406554 Q1656682 Q21191270 Q15416 Q24856 Q5633421 Q25379 Q1344 Q8261 Q9143 "
        "Q7397 Q179461 Q1259759 Q581714 Q202866 Q17517379"
    ),
    SKIPPED: (
        # Pages of Wikimedia, names as such, articles of scholars, numbers, times.
        "Q4167410 Q4167836 Q11266439 Q13406463 Q17633526 Q14204246 Q15184295 Q17362920 "
        "Q101352 Q202444 Q12308941 Q11879590 Q3409032 Q13442814 Q21199 Q577 Q3186692 Q39911 Q578 "
        "Q47150325 Q47018901"
    ),
}
_SIGNS = (
    ("PER", ("P569", "P570", "P21", "P19", "P106")),
    ("ORG", ("P159", "P1454", "P452", "P112", "P3320")),
    ("LOC", ("P625", "P36", "P1082", "P131")),
)
"""Properties that only items of a type have as a rule: birth, headquarters, coordinates, ..."""
DEFAULT_TYPES: Mapping[str, str] = {
    item: type_ for type_, items in _CLASSES.items() for item in items.split()
}


def type_of(
    classes: Collection[str], properties: Collection[str], types: Mapping[str, str] = DEFAULT_TYPES
) -> str | None:
    """Return an item's type, `SKIPPED` where it is no entity, None where nothing tells.

    Args:
        classes: what it is an instance of, the first that the table knows counts; `SKIPPED`
            counts wherever it stands.
        properties: which properties it has.
        types: class -> type.
    """
    known = [types[each] for each in classes if each in types]
    if SKIPPED in known:
        return SKIPPED
    if known:
        return known[0]
    for type_, signs in _SIGNS:
        if any(sign in properties for sign in signs):
            return type_
    return "MISC" if classes else None


def read_types(path: Path) -> dict[str, str]:
    """Return the default table with the classes of a file: CSV, a class and its type a line.

    A class without a type is one whose items are skipped.

    Raises:
        SourceRejected: The file cannot be read, or a line is not 'Q515,LOC'.
    """
    types = dict(DEFAULT_TYPES)
    for number, row in csv_lines(path, "types"):
        try:
            item, type_ = (cell.strip() for cell in row)
            if not re.fullmatch(r"Q[1-9]\d*", item):
                raise ValueError(f"{item!r} is no class such as Q515")
            if type_ != SKIPPED:
                check_type_name(type_)
        except ValueError as error:
            raise SourceRejected(
                f"{path} line {number}: {error}; write a class and its type, as in Q515,LOC"
            ) from error
        types[item] = type_
    return types
