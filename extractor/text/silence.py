"""Text -> the stretches of it that name nothing, whatever they are made of.

Addresses, paths, hashes, base64, rules, time stamps of logs, footnote marks, page numbers,
technical lines of mail and what is left of markup: a word inside them is no name ("uk" of
`jane@doe.co.uk` is not the United Kingdom). The text alone decides, in time that is linear in its
length: every pattern either starts at a blank or a line, or repeats a bounded number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

Stretch = tuple[int, int]
"""Start and end, in code points."""

LONGEST_TAG = 500
"""Characters of a tag, a comment or a template; longer ones are text between stray brackets."""
SHORTEST_BASE64 = 24
"""Characters of letters of both cases and digits in a row that no word has."""
LONGEST_WORD = 60
"""Letters in a row that are data in any case."""

_TAGS = (
    "a abbr article aside b blockquote body br button center cite code col colgroup dd del details "
    "div dl dt em figcaption figure font footer form h[1-6] head header hr html i iframe img input "
    "ins kbd label li link main mark meta nav nobr noscript ol option p path pre q ref s samp "
    "script section select small source span strike strong style sub summary sup svg table tbody "
    "td textarea tfoot th thead title tr tt u ul var video wbr"
)
_OF_LINES = re.compile(
    "|".join(
        (
            # Time stamps of logs and transcripts, alone or before what is said.
            r"^[ \t]*[\[(<]?\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?"
            r"(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?[\])>]?",
            r"^[ \t]*[\[(]?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,6})?[\])]?(?: --> [\d:.,]{5,16})?",
            r"^[ \t]*[\[(]\d{1,2}:\d\d[\])]",
            r"^<?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d\b",
            r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]",
            r"\b(?:\d{1,2}h )?\d{1,3}m \d{1,2}s(?=[ \t\r]*$)",
            # Page numbers.
            r"^[ \t\f]*(?:[Pp]age|PAGE|[Pp]\.)[ \t]?\d{1,4}"
            r"(?:[ \t]?(?:of|OF|/)[ \t]?\d{1,4})?[ \t\r]*$",
            r"^[ \t\f]*[-–—][ \t]?\d{1,4}[ \t]?[-–—][ \t\r]*$",
            r"^[ \t\f]*\d{1,3}[ \t\r]*$",
            # Options of commands, alone before their blank.
            r"(?<![^\s\[(|,`])(?:--[a-z][\w-]*|-[A-Za-z?])(?:=\S*)?(?![\w-])",
            # Technical lines of mail, boundaries of its parts.
            r"^(?:Content-[A-Z]\w{1,30}|[Mm][Ii][Mm][Ee]-[Vv]ersion|(?:Original|Final)-[Rr]ecipient"
            r"|Message-I[Dd]|In-Reply-To|Received|References|Return-Path|Delivered-To|DKIM-Signature|X-[A-Z][\w-]{1,40}):.*"
            r"(?:\n[ \t]+\S.*)*",
            r"^--[!-~]{6,75}[ \t\r]*$",
        )
    ),
    re.MULTILINE,
)
_OF_MARKS = re.compile(
    "|".join(
        (
            r"([-=_*~#+•·—–])\1{2,}",
            r"\.{5,}",
            # Footnotes.
            r"\[(?:\d{1,3}(?:[ ,–-]{1,2}\d{1,3}){0,9}|[a-z]|(?:note|nb) \d{1,3})\]",
            r"\[(?:citation needed|edit)\]",
            # Markup.
            rf"</?(?:{'|'.join(_TAGS.split())})(?:[\s/][^<>]{{0,{LONGEST_TAG}}})?>",
            rf"<(?:!--|!DOCTYPE|\?xml)[^<>]{{0,{LONGEST_TAG}}}>",
            rf"\{{\{{[^{{}}]{{0,{LONGEST_TAG}}}\}}\}}",
            r"\{\{|\}\}|\[\[|\]\]|\*\*|__|~~|``+|'{2,5}|==+",
        )
    ),
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\S+")
_URL = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,15}://|\bwww\d?\.|\bmailto:|\bdoi:)[^\s<>\"“”«»]+", re.I
)
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"“”]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_HOST = re.compile(
    r"(?<![\w.@-])(?![a-z]{2,3}\.(?!co|ac|or|ne|go)[a-z]{2}\.[a-z]{2}\b)"
    r"[a-z][a-z0-9-]{1,62}(?:\.[A-Za-z0-9-]{2,63}){2,8}(?![\w@-])"
)
_NUMBERED_HOST = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.])")
_PATH = re.compile(
    r"(?<![\w/\\.<~])(?:~|\.{1,2}|[A-Za-z]:)?[/\\](?:[a-z._][\w.+~@%-]*|[\w.+~@%-]+[/\\])"
    r"(?:[\w.+~@%-]*[/\\])*[\w.+~@%-]*"
    r"|(?<![\w/.+~-])[a-z_][\w.+~-]*(?:/[\w.+~-]+){2,}/?"
    r"|(?<![\w/.+~-])[\w.+~-]+(?:/[\w.+~-]+)*/[\w.+~-]*[\w+~-]\.[a-z][a-z0-9]{0,5}\b"
)
_HEX = re.compile(
    r"(?<![\w-])(?:0x[0-9A-Fa-f]{2,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?=[0-9]*[a-f])(?=[a-f]*[0-9])(?:[0-9a-f]{2}:){3,31}[0-9a-f]{2}"
    r"|(?=[0-9]+[a-f]+[0-9]|[a-f]+[0-9]+[a-f]|[0-9]{3,}[a-f])[0-9a-f]{7,128}"
    r"|(?=[0-9]*[A-F])(?=[A-F]*[0-9])[0-9A-F]{12,128})(?![\w-])"
)
_BASE64 = re.compile(rf"[A-Za-z0-9+/]{{{SHORTEST_BASE64},}}={{0,2}}")
_LONGEST_TOKEN = 2_000
"""Characters of a token in which addresses and paths are looked for; a longer one is data."""


def silent_stretches(text: str) -> tuple[Stretch, ...]:
    """Return the stretches that hold no mentions, ascending, neither overlapping nor touching."""
    found = sorted(chain(_of_patterns(text), _of_tokens(text), _of_data(text)))
    merged: list[Stretch] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _of_patterns(text: str) -> Iterator[Stretch]:
    for pattern in (_OF_LINES, _OF_MARKS):
        yield from (match.span() for match in pattern.finditer(text) if match.group())


def _of_tokens(text: str) -> Iterator[Stretch]:
    """Yield addresses and paths, of tokens that have one of their signs."""
    for token in _TOKEN.finditer(text):
        start, word = token.start(), token.group()[:_LONGEST_TOKEN]
        for signs, pattern in _OF_SIGNS:
            if any(sign in word for sign in signs):
                yield from ((start + a, start + b) for a, b in _spans(pattern, word))


_OF_SIGNS = (
    ((":", "www", "WWW"), _URL),
    (("@",), _EMAIL),
    ((".",), _HOST),
    ((".",), _NUMBERED_HOST),
    (("/", "\\"), _PATH),
)


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Stretch]:
    return (match.span() for match in pattern.finditer(text))


def _of_data(text: str) -> Iterator[Stretch]:
    """Yield numbers in base 16 and what is in base 64."""
    yield from _spans(_HEX, text)
    for match in _BASE64.finditer(text):
        run = match.group()
        mixed = any(map(str.isdigit, run)) and run != run.lower() and run != run.upper()
        if mixed or len(run) >= LONGEST_WORD:
            yield match.span()
