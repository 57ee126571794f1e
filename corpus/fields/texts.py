"""Text as it can be stored, and whether a record still has it: people redact by emptying it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Literal

TextState = Literal["there", "empty", "missing", "malformed"]
"""'empty': null, or nothing that can be seen; 'malformed': neither a string nor paragraphs."""

_SHOW_NOTHING = {"Cc", "Cf", "Me", "Mn", "Zl", "Zp", "Zs"}
"""Categories of controls, formats, marks (with nothing to stand on) and blanks."""
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that show nothing either."""
_UNWRITABLE = {
    code: " "
    for code in range(0xA0)
    if unicodedata.category(chr(code)) == "Cc" and chr(code) not in "\t\n\r"
} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def clean_text(text: str) -> str:
    """Replace what cannot be stored or sent, one code point for one code point."""
    return text.translate(_UNWRITABLE)


def clean_line(text: str) -> str:
    """Return the text on one line, words joined by single blanks."""
    return " ".join(clean_text(text).split())


def is_blank(text: str) -> bool:
    """Tell whether nothing of a text can be seen: blanks, controls, characters without width."""
    return all(each in _FILLERS or unicodedata.category(each) in _SHOW_NOTHING for each in text)


def paragraphs(value: object, between: str = "\n\n") -> object:
    """Return a list of paragraphs as one text, an empty line between each two; all else as it is.

    In Elasticsearch every field may have several values, or the empty list for none.
    """
    if not isinstance(value, list):
        return value
    there = [each for each in value if each is not None]
    return between.join(there) if all(isinstance(each, str) for each in there) else value


def text_state(record: Mapping[Any, Any]) -> TextState:
    """Return what has become of the text of a record that is rejected."""
    if "text" not in record:
        return "missing"
    match paragraphs(record["text"]):
        case None:
            return "empty"
        case str(text):
            return "empty" if is_blank(text) else "there"
        case _:
            return "malformed"
