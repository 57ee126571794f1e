"""Made-up entities whose names repeat as real ones do.

Words are made of syllables and drawn by Zipf's law, as words of names are; a name has one to four
of them, in the shares of DocRED's names. So names meet by themselves: `shared_share` in the
results says how many entities share a name with another (in the 200 linked documents of
`linked-docred`, small as they are, 5.5 % do; the more entities, the more).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from random import Random

ONSETS = [*"bcdfghklmnprstvw", "br", "ch", "cl", "dr", "fr", "gr", "pr", "sh", "st", "th", "tr"]
NUCLEI = [*"aaeeiou", "ai", "ea", "io", "ou", "é", "ö"]
CODAS = ["", "", "", *"nrslt", "nd", "rt", "st", "ck", "m"]
WORDS = 60_000
ZIPF = 0.75
LENGTHS = {1: 0.30, 2: 0.45, 3: 0.17, 4: 0.08}
ALIASED = 0.2
"""Share of the entities that have a second name."""


class Names:
    """Names without end, always the same ones for a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        words = {self._word() for _ in range(2 * WORDS)}
        self._words = sorted(words, key=lambda word: (len(word), word))[:WORDS]
        self.random.shuffle(self._words)
        self._weights = list(accumulate((rank + 20) ** -ZIPF for rank in range(len(self._words))))
        self._lengths = list(LENGTHS)
        self._length_weights = list(accumulate(LENGTHS.values()))

    def name(self) -> str:
        """Return another name."""
        (length,) = self.random.choices(self._lengths, cum_weights=self._length_weights)
        return " ".join(
            self.random.choices(self._words, cum_weights=self._weights, k=length)
        ).title()

    def _word(self) -> str:
        syllables = self.random.choices((1, 2, 3), (1, 5, 3))[0]
        return "".join(
            self.random.choice(ONSETS) + self.random.choice(NUCLEI) + self.random.choice(CODAS)
            for _ in range(syllables)
        )


def records(count: int, seed: int = 1) -> Iterator[dict[str, object]]:
    """Yield entities that have so many names together, the better known ones first."""
    names = Names(seed)
    number = written = 0
    while written < count:
        number += 1
        name = names.name()
        aliases = [names.name()] if names.random.random() < ALIASED else []
        written += 1 + len(aliases)
        yield {
            "id": f"made:Q{number}",
            "name": name,
            "type": names.random.choice(("PER", "ORG", "LOC", "MISC")),
            "aliases": aliases,
            "description": f"{name}, an entity that was made up",
            "popularity": count // number,
        }


def write_entities(path: Path, count: int) -> dict[str, float]:
    """Write them; return how often their names meet."""
    meetings: Counter[int] = Counter()
    with path.open("w", encoding="utf-8") as file:
        for record in records(count):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            for name in (record["name"], *record["aliases"]):  # type: ignore[misc]
                meetings[hash(name)] += 1
    return {
        "names": sum(meetings.values()),
        "shared_share": sum(n for n in meetings.values() if n > 1) / sum(meetings.values()),
        "most_shared": max(meetings.values()),
    }
