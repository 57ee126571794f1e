"""The tokens of a Cypher query, and the two ways in which servers read its escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

from graph.errors import WriteRefused

Kind = Literal["space", "string", "name", "parameter", "number", "word", "symbol"]
TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\r\n]*|/\*.*?\*/)
    | (?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
    | (?P<name>`(?:``|[^`])*`)
    | (?P<parameter>\$(?:\w+|`(?:``|[^`])*`))
    | (?P<number>(?>
          0[xX][0-9a-fA-F]+|0[oO][0-7]+|(?:\d+(?:_\d+)*(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?
      )(?!\.?[^\W\d]))
    | (?P<word>[^\W\d]\w*)
    | (?P<symbol>::|\.\.|[-()\[\]{},.;:+*/%^=<>|&!~?$\\])
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(r"\\\\|\\u([0-9a-fA-F]{4})?")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a name between back-ticks, a literal, a parameter or a symbol."""

    kind: Kind
    text: str
    start: int = field(default=0, compare=False)
    """Where it begins in the query."""

    @property
    def keyword(self) -> str:
        """The word in capitals; empty for all that cannot be a keyword."""
        return self.text.upper() if self.kind == "word" and self.text.isascii() else ""

    @property
    def identifier(self) -> str:
        """What a word or a name between back-ticks stands for."""
        return self.text[1:-1].replace("``", "`") if self.kind == "name" else self.text


END = Token("symbol", "")
"""What follows the last token, and goes before the first."""


def readings(cypher: str) -> tuple[str, str]:
    r"""Return the query as Neo4j and as ArcadeDB read it.

    Neo4j decodes `\uXXXX` everywhere before it reads anything else, so that it may end a string,
    or stand in a keyword; ArcadeDB decodes it in strings only.

    Raises:
        WriteRefused: an escape that is not four plain hexadecimal digits. Neo4j also reads a sign
            and digits of other scripts there: what it takes it for is not guessed here.
    """
    return ESCAPE.sub(_decoded, cypher), cypher


def _decoded(found: re.Match[str]) -> str:
    if found[0] == r"\\":
        return found[0]
    if not found[1]:
        start = found.start()
        raise WriteRefused(
            f"this query holds {found.string[start : start + 6]}, which is no character: write "
            r"\u and four digits of 0-9 and A-F, or double the backslash"
        )
    return chr(int(found[1], 16))


def tokens(cypher: str) -> Iterator[Token]:
    """Yield the tokens of a query, without blanks and comments.

    Raises:
        WriteRefused: a character that no query needs outside strings, or a string without an end;
            where it ends is for the server to say, and may hide anything.
    """
    place = 0
    while place < len(cypher):
        found = TOKEN.match(cypher, place)
        if not found or (cypher.startswith("/*", place) and found.lastgroup == "symbol"):
            raise WriteRefused(
                f"this query cannot be read from {cypher[place : place + 20]!r} on: close what is "
                "opened there, or put a name that holds this character between back-ticks"
            )
        place = found.end()
        for kind in get_args(Kind)[1:]:
            if found.lastgroup == kind:
                yield Token(kind, found[0], found.start())
