"""Characters of a text that are not as they were meant: HTML's entities, and mojibake."""

from __future__ import annotations

import html
import re
from html.entities import html5

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CONTINUED = "[\\u0080-\\u00ba\\u00bc-\\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
"""A byte 80 to BF, but for BB, as Latin-1 or Windows-1252 shows it; 'Ã»' may end a quotation."""
_MOJIBAKE = re.compile(
    rf"[ÃÅ](?!['\"“”‘’‚„]){_CONTINUED}"  # 'é' and its like, 'š'
    r"|Â[\u00a1-\u00a9\u00ac-\u00b8\u00bf]"  # signs such as the pound
    rf"|(?:â€|ðŸ){_CONTINUED}|ï¿½"  # quotes and dashes, emoji, what was lost for good
)


def unescaped(text: str) -> str:
    """Return a text with HTML's entities as their characters: 'Ren&eacute;' is 'René'.

    Only those that HTML knows and that end with a semicolon, and once: '&amp;lt;' is '&lt;', of a
    text about HTML.
    """
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(entity: re.Match[str]) -> str:
    written = entity.group()
    return html.unescape(written) if written[1] == "#" or written[1:] in html5 else written


def mojibake(text: str) -> str:
    """Return the first signs of UTF-8 that was read as Latin-1 or Windows-1252, with their word.

    Nothing where there are none. It is said, not repaired: what was meant is in the source.
    """
    found = _MOJIBAKE.search(text)
    if not found:
        return ""
    before = text[max(0, found.start() - 20) : found.start()]
    after = text[found.end() : found.end() + 20]
    start = re.search(r"\S*\Z", before)
    end = re.match(r"\S*", after)
    return f"{start[0] if start else ''}{found.group()}{end[0] if end else ''}"
