"""Detected mentions of one name get one type: a detector errs more often than a name means two.

Types that people gave are left alone: they tell Italian, the language, from what is Italian.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from extractor.names import comparable_name, mentioned_name
from extractor.schema import VALUE_TYPES, Mention


def agree_on_types(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions in the order of the text, each with the type that most mentions of its
    name have, of several the first; times and numbers keep theirs.
    """
    ordered = sorted(mentions, key=lambda mention: (mention.start, mention.end, mention.type))
    names = [comparable_name(mentioned_name(text, mention)) for mention in ordered]
    types: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, mention in zip(names, ordered, strict=True):
        types[name][mention.type] += mention.type not in VALUE_TYPES
    agreed = (
        mention
        if mention.type in VALUE_TYPES
        else replace(mention, type=types[name].most_common(1)[0][0])
        for name, mention in zip(names, ordered, strict=True)
    )
    return list(dict.fromkeys(agreed))
