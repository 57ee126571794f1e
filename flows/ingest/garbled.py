"""Tells of documents whose characters are garbled before they come here."""

from __future__ import annotations

import logging

from corpus.fields.characters import mojibake
from extractor.schema import Document

log = logging.getLogger(__name__)

MOST_NAMED = 10
"""Documents: what garbles one of a source often garbles all."""


class Garbled:
    """Names the first documents of a run whose text was read in another encoding than it is in."""

    def __init__(self) -> None:
        self._met = 0

    def meet(self, document: Document) -> bool:
        """Tell whether a document is one; it is extracted as it is all the same."""
        if not mojibake(document.text):
            return False
        self._met += 1
        if self._met <= MOST_NAMED:  # by its id alone: what a text says is in no log
            log.warning(
                "%s: its characters are garbled: UTF-8 was read in another encoding before it "
                "came here. It is extracted as it is; export it anew as UTF-8",
                document.id,
            )
        if self._met == MOST_NAMED:
            log.warning("no further documents are named whose characters are garbled")
        return True
