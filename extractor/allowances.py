"""What one document may hold and take, by its length: a document of prose comes nowhere near.

A list of numbers, a file as mail carries it or a page of names can cost a hundred times what prose
of its length does. What is over is refused by name; all else of its batch goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractor.errors import TooMuch


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much for any document, and more for each character of its text."""

    of: str
    base: int
    each: float

    def check(self, number: float, characters: int) -> None:
        """Refuse what is over.

        Raises:
            TooMuch: the message says how much is allowed.
        """
        most = self.base + int(self.each * characters)
        if number > most:
            raise TooMuch(
                f"{number:,.0f} {self.of} are more than the {most:,} allowed in "
                f"{characters:,} characters; split it, or leave out its lists and tables"
            )


PIECES = Allowance("word pieces", 20_000, 0.4)
"""English prose has 0.25 a character, other languages in the same letters up to 0.35."""
MENTIONS = Allowance("mentions", 5_000, 0.1)
"""An encyclopedia has 0.025 a character."""
PAIRS = Allowance("entity pairs", 50_000, 1.0)
"""Pairs in one window, over all windows; an encyclopedia has 0.6 a character."""
STATEMENTS = Allowance("statements", 3_000, 0.02)
"""An encyclopedia has 0.013 a character as people see it."""
SECONDS = Allowance("seconds of a processor", 120, 0.004)
"""Prose takes 0.0004 a character: this is for what no count foresees."""
