"""Where a text writes a name: whole words, compared as names are (without case and diacritics)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from extractor.names import fold_name, folded_words
from extractor.schema import Span


def find_names(text: str, names: Iterable[str]) -> dict[str, list[Span]]:
    """Return where each folded name stands in a text, ascending; without names that do not occur.

    Occurrences never overlap: of names that begin at one word the longest counts, so that
    'New York' is not found inside 'New York City' when both are sought.
    """
    words = folded_words(text)
    by_first: defaultdict[str, list[list[str]]] = defaultdict(list)
    for name in {fold_name(name) for name in names} - {""}:
        by_first[name.split()[0]].append(name.split())
    found: defaultdict[str, list[Span]] = defaultdict(list)
    place = 0
    while place < len(words):
        here = [
            name
            for name in by_first.get(words[place][0], ())
            if [word for word, _, _ in words[place : place + len(name)]] == name
        ]
        longest = max(here, key=len, default=None)
        if longest is None:
            place += 1
            continue
        last = place + len(longest) - 1
        found[" ".join(longest)].append(Span(start=words[place][1], end=words[last][2]))
        place = last + 1
    return dict(found)
