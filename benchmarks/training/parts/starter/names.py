"""Which names of an item the starter index keeps: those that are no common words.

Names are compared without case, so an alias such as 'died' or 'no' would find its entry wherever
the word stands. Common is a word that texts write more often in small letters than as it is here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from benchmarks.training.parts.starter.items import Item
from corpus.entities.file import is_name
from extractor.datasets.splits import in_held_out_fifth
from extractor.names import comparable_name, fold_name

SHORT_NAMES = frozenset({"US", "UK", "EU", "UN", "U.S.", "U.K.", "U.N.", "E.U.", "DC", "D.C."})
"""Of one or two letters, these alone: other codes of countries and states have many meanings."""
MOST_ALIASES = 12
_LETTER = re.compile(r"[^\W\d_]")


class CommonWords:
    """How often a text writes a word as it is, and in small letters."""

    def __init__(self, folder: Path) -> None:
        """Count the words of DocRED's unlabelled documents, the first of each sentence apart."""
        documents = json.loads((folder / "test_unlabelled.json").read_text(encoding="utf-8"))
        self._counts = Counter(
            word
            for document in documents
            if not in_held_out_fifth(document["title"])
            for sentence in document["sents"]
            for word in sentence[1:]
        )

    def hold(self, name: str) -> bool:
        """Return whether a name is one word that is mostly written in small letters."""
        word = comparable_name(name)
        if " " in word:
            return False
        written = re.sub(r"^(the|an?) ", "", name, flags=re.IGNORECASE)
        return self._counts[word] > self._counts[written]


def kept_aliases(
    item: Item, type_: str, common: CommonWords, taken: Mapping[str, str]
) -> list[str]:
    """Return the aliases that may find an item, plain and short ones first.

    Args:
        item: the item.
        type_: its type.
        common: what is a common word.
        taken: folded adjective -> the place that it belongs to.
    """
    own_words = set(fold_name(item.label).split())
    kept: dict[str, str] = {}
    for alias in item.aliases:
        folded = comparable_name(alias)
        if (
            folded not in kept
            and folded != comparable_name(item.label)
            and well_formed(alias)
            and (len(_LETTER.findall(alias)) > 2 or alias in SHORT_NAMES)
            and not common.hold(alias)
            and not (type_ == "PER" and folded in own_words)
            and taken.get(folded, item.id) == item.id
        ):
            kept[folded] = alias
    return sorted(kept.values(), key=lambda alias: (not alias.isascii(), len(alias)))[:MOST_ALIASES]


def well_formed(name: str) -> bool:
    """Return whether a name has letters, capitals where its script has them, and no quotes."""
    return (
        is_name(name)
        and '"' not in name
        and bool(_LETTER.search(name))
        and not name == name.lower() != name.upper()
    )
