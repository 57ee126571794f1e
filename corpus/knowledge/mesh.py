"""Entities from the tree of MeSH: tree number, descriptor, term, separated by tabs.

A descriptor stands in the tree once or several times. Its type follows from where: `Disease` (C,
and mental disorders, F03) before `Chemical` (D) before what the other branches hold. A term such
as 'Fatigue Syndrome, Chronic' is also known as 'Chronic Fatigue Syndrome'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from corpus.errors import SourceRejected
from corpus.files.jsonl import raw_lines
from corpus.knowledge.found import Entry, Found, LeftOut

_BRANCHES = {
    "C": "Disease",
    "F03": "Disease",
    "D": "Chemical",
    "A": "Anatomy",
    "B": "Organism",
    "E": "Procedure",
    "F": "Psychology",
    "G": "Process",
    "H": "Discipline",
    "I": "Society",
    "J": "Technology",
    "K": "Humanities",
    "L": "Information",
    "M": "People",
    "N": "HealthCare",
    "V": "Publication",
    "Z": "Place",
}
"""Tree number's beginning -> type; the first that a descriptor stands under."""
_TREE_NUMBER = re.compile(r"[A-Z]\d\d(\.\d+)*")
_DESCRIPTOR = re.compile(r"D\d{6,9}")
_OTHERS = {
    r"\ufeff?\s*<": "XML (desc*.xml, supp*.xml, qual*.xml)",
    r"\*NEWRECORD": "ASCII records (d*.bin, c*.bin, q*.bin)",
    r"[^;\t]+;[A-Z]\d\d": "terms and tree numbers without descriptors (mtrees*.bin)",
}
"""How the first line of each of NLM's other files begins -> what that is."""


def mesh_entries(file: BinaryIO) -> Iterator[Found]:
    """Yield the descriptors, and what is left out.

    The descriptors (some 30,000) are held in memory: their tree numbers lie apart in the file.

    Raises:
        SourceRejected: It is another of NLM's files of MeSH.
    """
    found: dict[str, tuple[str, str, list[str]]] = {}
    for number, raw in raw_lines(file):
        line = (raw or b"").decode("utf-8", "replace").rstrip("\r\n")
        cells = line.split("\t")
        usable = len(cells) >= 3 and _TREE_NUMBER.match(cells[0]) and _DESCRIPTOR.match(cells[1])
        if number == 1 and not usable:
            _refuse_others(line)  # else it is the line of titles
            continue
        if not line:
            continue
        if not usable or "\ufffd" in cells[2]:
            reason = "no tree number, descriptor and term between tabs, in UTF-8"
            yield LeftOut(place=f"line {number}", reason=reason)
            continue
        tree_number, descriptor, term = cells[:3]
        found.setdefault(descriptor, (f"line {number}", term, []))[2].append(tree_number)
    for descriptor, (place, term, tree_numbers) in found.items():
        record = {
            "id": f"mesh:{descriptor}",
            "name": term,
            "type": _type(tree_numbers),
            "aliases": _turned(term),
        }
        yield Entry(place=place, record=record)


def _refuse_others(first_line: str) -> None:
    for pattern, kind in _OTHERS.items():
        if re.match(pattern, first_line):
            raise SourceRejected(
                f"this is MeSH as {kind}: give its tree, such as 2017MeshTree.txt, which has a "
                "tree number, a descriptor (D000001) and a term in each line, between tabs"
            )


def _type(tree_numbers: list[str]) -> str:
    return next(
        (
            type_
            for beginning, type_ in _BRANCHES.items()
            if any(number.startswith(beginning) for number in tree_numbers)
        ),
        "Concept",
    )


def _turned(term: str) -> list[str]:
    """Return 'Chronic Fatigue Syndrome' for 'Fatigue Syndrome, Chronic'."""
    noun, comma, adjective = term.partition(", ")
    return [f"{adjective} {noun}"] if comma and ", " not in adjective else []
