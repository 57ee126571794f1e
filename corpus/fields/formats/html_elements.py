"""What the elements of a page are: left out, blocks, code, tables that only place things."""

from __future__ import annotations

from selectolax.lexbor import LexborNode


def _names(written: str) -> frozenset[str]:
    return frozenset(written.split())


BLOCKS = _names(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol p pre "
    "section summary table tbody td tfoot th thead tr ul"
)
"""Elements that begin on a line of their own."""
_LEFT_OUT = _names(
    "audio button canvas datalist del dialog embed head iframe img input map nav noscript object "
    "option rp rt s script select strike style svg template textarea title video"
)
_UNSEEN_ROLES = _names("alertdialog dialog menu menubar navigation search tablist toolbar")
_CODE_WORDS = ("code", "highlight", "source")
"""In the class of what holds code, around a `<pre>`."""


def is_left_out(element: LexborNode) -> bool:
    """Tell whether an element shows no text, or none that belongs to the page's own."""
    if element.tag in _LEFT_OUT:
        return True
    about = element.attributes
    return (
        "hidden" in about
        or about.get("aria-hidden") == "true"
        or about.get("role") in _UNSEEN_ROLES
        or "display:none" in (about.get("style") or "").replace(" ", "").lower()
    )


def is_layout(table: LexborNode) -> bool:
    """Tell whether a table only places parts of a page: headings, tables, or one cell."""
    if table.attributes.get("role") in ("none", "presentation"):
        return True
    others = [each for each in table.css("table") if each.mem_id != table.mem_id]
    return bool(others) or table.css_first("h1, h2, h3") is not None or not table.css("td, th")[1:]


def is_heading_row(row: LexborNode) -> bool:
    """Tell whether a row says what the columns hold: it stands in the head, or all cells do."""
    if row.parent is not None and row.parent.tag == "thead":
        return True
    return bool(row.css("th")) and not row.css("td")


def is_code(pre: LexborNode) -> bool:
    """Tell whether preformatted text is code; archives of mails and old texts are not."""
    if pre.attributes.get("class") or pre.css_first("code, kbd, samp") is not None:
        return True
    around = pre.parent.attributes.get("class") if pre.parent is not None else ""
    classes = (around or "").lower()
    return any(word in classes for word in _CODE_WORDS)
