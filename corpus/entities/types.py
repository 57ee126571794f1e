"""Types of entities that are written like those of the mention detector, and are others."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)

_MEANT = {
    "PER": "per person persons people human humans",
    "ORG": "org organization organisation company corporation institution",
    "LOC": "loc location place gpe geo country city fac facility",
    "TIME": "time date datetime year",
    "NUM": "num number cardinal ordinal quantity percent money",
    "MISC": "misc miscellaneous norp other work_of_art",
}
_TYPE_OF = {word: type_ for type_, words in _MEANT.items() for word in words.split()}


class TypeAdvice:
    """Says once of each own type that it looks like one of the mention detector's."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def give(self, place: str, type_: str) -> None:
        """Warn where a type is met for the first time and another one may be meant."""
        if type_ in self._met:
            return
        self._met.add(type_)
        meant = _TYPE_OF.get(type_.casefold(), type_)
        if meant != type_:
            log.warning(
                "%s: %r is a type of your own, and no mention of type %s is linked to it: write %s "
                "if that is meant",
                *(place, type_, meant, meant),
            )
