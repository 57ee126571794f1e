"""Which entities are noise of layout: a rule that knows nothing of the product's own filter.

It looks at the words of a text, from blank or bracket to the next, that a mention touches, and at
the lines that they stand in. An entity is noise if the mention that gives it its name is, or if all
of them are.
"""

from __future__ import annotations

import re
import unicodedata

from extractor.schema import Entity, Mention

_EDGE = re.compile(r"[\s<>()\[\]\"|]")
_HEADERS = ("content-", "mime-", "message-id", "received:", "references:", "in-reply-to", "x-")
_STAMP = re.compile(r"[\[(<]?(\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d\S*|[\[(]\d{1,2}:\d\d[\])]")
_MARK = re.compile(r"\[[\d, –-]+\]|\[\w\]")
_BREAK = re.compile(r"\n[ \t\r]*\n|\n[ \t]*(?:[-*+•·>#|]+|\d+\.)[ \t\n]|\S(?:\t| {3,})\S|\|")
_MARKUP = re.compile(r"[<>{}|\\]|\*\*|__|``|==|\[\[|\]\]|&[a-z]{2,8};|&#\d+;|^[*_`~#=]|[*_`~=]$")
_BROKEN = re.compile(r"[a-z]- [a-z]|[a-z]-$")
_WHOLE = re.compile(r"\d{4}-\d\d-\d\d|\d\d?(:\d\d)+|\d+(\.\d+)+|[A-Za-z0-9]*_\w+")
_OPEN, _CLOSED = "([{“«„", ")]}”»"


def cause_of_noise(text: str, entity: Entity) -> str:
    """Return why an entity is no name, or nothing.

    Args:
        text: of its document.
        entity: not linked: its name is that of one of its mentions.
    """
    causes = {mention: _cause(text, mention) for mention in entity.mentions}
    if _BROKEN.search(entity.name):
        return "broken word"
    written = [m for m in causes if " ".join(text[m.start : m.end].split()) == entity.name]
    named = next((causes[mention] for mention in written if causes[mention]), "")
    if named and all(causes[mention] for mention in written):
        return named
    return next(iter(causes.values())) if all(causes.values()) else ""


def _cause(text: str, mention: Mention) -> str:
    name = text[mention.start : mention.end]
    value = mention.type in ("TIME", "NUM")
    if not any(map(str.isalpha, name)) and not (value and any(map(str.isnumeric, name))):
        return "signs"
    if _BREAK.search(name):
        return "crosses blocks"
    if _MARKUP.search(name):
        return "markup"
    if _cut_in_a_character(text, mention) or _has_stray_ends(name, value=value):
        return "stray signs"
    around = _words_around(text, mention)
    return next(filter(None, map(_cause_in_word, around)), "") or _cause_in_line(text, mention)


def _words_around(text: str, mention: Mention) -> list[str]:
    """Return the words, from blank or bracket to the next, that the mention has a part of."""
    start = mention.start
    while start and not _EDGE.match(text, start - 1):
        start -= 1
    after = _EDGE.search(text, mention.end)
    return text[start : after.start() if after else len(text)].split()


def _cause_in_word(word: str) -> str:
    bare = word.strip("<>()[]{},;:.\"'`*_“”")
    if "://" in bare or bare.lower().startswith("www."):
        return "address"
    if re.fullmatch(r"[^@]+@[\w-]+(\.[\w-]+)+.*", bare):
        return "address"
    if bare.islower() and re.fullmatch(r"[a-z][\w-]+(\.[a-z][\w-]+){2,}", bare):
        return "address"
    parts = re.split(r"[/\\]", bare)
    if len(parts) > 1 and (bare[0] in "/\\~." or len(parts) > 3 or re.search(r"\.[a-z]+$", bare)):
        return "path"
    letters = re.sub(r"[^A-Za-z0-9]", "", bare)
    mixed = any(map(str.isdigit, letters)) and any(map(str.isalpha, letters))
    hexadecimal = re.fullmatch(r"[0-9a-f]{7,}", bare) and not re.fullmatch(r"[a-f]+\d+", bare)
    if mixed and (hexadecimal or re.fullmatch(r"[A-Za-z0-9+/=]{24,}", bare)):
        return "hash"
    return "option" if re.match(r"--?[a-z]", word) else ""


def _cause_in_line(text: str, mention: Mention) -> str:
    first = text.rfind("\n", 0, mention.start) + 1
    last = text.find("\n", mention.end)
    line = text[first : last if last >= 0 else len(text)]
    place = mention.start - first
    if any(
        _cuts(place, place + mention.end - mention.start, each) for each in _WHOLE.finditer(line)
    ):
        return "part of a value"
    tag = re.search(r"</?[a-z]\w*(\s[^<>]*)?\Z", line[:place])
    if tag and ">" in line[place:]:
        return "markup"
    if line.lower().startswith(_HEADERS) and ":" in line:
        return "technical line"
    if line.startswith("--") and " " not in line.strip() and len(line) > 8:
        return "technical line"
    stamp = _STAMP.match(line.strip())
    if stamp and place < stamp.end():
        return "time stamp"
    if re.fullmatch(r"(page )?[-–—]? ?\d{1,3} ?[-–—]?( of \d+)?", line.strip(), re.IGNORECASE):
        return "page number"
    marks = (mark.span() for mark in _MARK.finditer(line))
    return "footnote mark" if any(a <= place < b for a, b in marks) else ""


def _cuts(start: int, end: int, whole: re.Match[str]) -> bool:
    return whole.start() < start < whole.end() or whole.start() < end < whole.end()


def _cut_in_a_character(text: str, mention: Mention) -> bool:
    after = text[mention.end : mention.end + 1]
    return bool(after) and (
        unicodedata.category(after).startswith("M") or after == "\u200d" or _modifies(after)
    )


def _modifies(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"


def _has_stray_ends(name: str, *, value: bool) -> bool:
    if any(unicodedata.category(end) == "So" and end not in "°№" for end in (name[0], name[-1])):
        return True
    if name[-1] in _OPEN or name[0] in _CLOSED or name.count('"') % 2:
        return True
    if any(name.count(a) != name.count(b) for a, b in zip(_OPEN, _CLOSED, strict=False)):
        return name[0] in _OPEN or name[-1] in _CLOSED
    return not value and (name[0] in ",;:/-–—" or name[-1] in ",;:/-–—")
