"""Text of documents as it may stand in an HTML page."""

from __future__ import annotations

from html import escape
from unicodedata import category


def plain(text: str) -> str:
    """Escape a text; what HTML or UTF-8 cannot hold (controls, lone surrogates) becomes U+FFFD."""
    shown = (
        "\ufffd" if category(each) in ("Cc", "Cs") and each not in "\t\n\r" else each
        for each in text
    )
    return escape("".join(shown), quote=True)
