"""Two small documents as CDR and GDA write them, and how to take one apart."""

from __future__ import annotations

from collections.abc import Mapping

ASPIRIN = ("D001241", "aspirin|Aspirin", "Chemical", "5:8", "6:9", "0:1")
ULCER = ("D014456|D010437", "Ulcers", "Disease", "0", "1", "0")
PAIN = ("D010146", "pain", "Disease", "10", "11", "1")
IBUPROFEN = ("D007052", "ibuprofen", "Chemical", "3", "4", "0")
CDR_TEXT = "Ulcers in rats ibuprofen and aspirin .|No Aspirin for pain | fever ."
CDR_PAIRS = (
    ("1:CID:2", "R2L", "NON-CROSS", "5-6", "0-1", *ASPIRIN, *ULCER),
    ("1:NR:2", "L2R", "NON-CROSS", "8-9", "10-11", *ASPIRIN, *PAIN),
    ("not_include", "R2L", "NON-CROSS", "3-4", "0-1", *IBUPROFEN, *ULCER),
    ("1:NR:2", "L2R", "CROSS", "3-4", "10-11", *IBUPROFEN, *PAIN),
)

BRCA1 = ("672", "BRCA1", "Gene", "1", "2", "0")
CANCER = ("D001943", "breast cancer|cancer", "Disease", "3:8", "5:9", "0:1")
GDA_TEXT = "Mutated BRCA1 in breast cancer .|It drives cancer ."
GDA_PAIRS = (("1:GDA:2", "L2R", "NON-CROSS", "1-2", "3-5", *BRCA1, *CANCER),)


def line(
    identifier: str,
    text: str,
    pairs: tuple[tuple[str, ...], ...],
    changes: Mapping[int, str] | None = None,
) -> str:
    """Return a line of the format; `changes` replaces columns of the first pair, counted from 0."""
    columns = [column for pair in pairs for column in pair]
    for place, value in (changes or {}).items():
        columns[place] = value
    return "\t".join([identifier, text, *columns])
