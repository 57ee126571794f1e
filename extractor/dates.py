"""English time expressions -> ISO 8601 values, so that two spellings of one date are one entity.

A linking decision, not a general parser: what has no single meaning has no value. '3/4/2026' may be
April or March, 'the following year' depends on its sentence; both stay the names that they are.

| expression                            | value                                                   |
|---------------------------------------|---------------------------------------------------------|
| 31 January 2026, January 31st, 2026   | 2026-01-31                                              |
| January 2026; 31 January; 1815        | 2026-01; --01-31 (in no year); 1815                     |
| 44 BC; AD 79                          | -0043 (ISO 8601 has a year 0); 0079                     |
| the 1990s; the 19th century           | 199X; 18XX (ISO 8601-2); '1900s' may be either: none    |
| summer of 1999; circa 1815            | 1999-22; 1815~ (ISO 8601-2)                             |
| 1914-1918, between 1914 and 1918      | 1914/1918                                               |
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

LONGEST = 60
"""Characters of the longest name that is read as a date."""
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty-first",
)  # fmt: skip

_MONTH = "(?P<month>" + "|".join(f"{m[:3]}(?:{m[3:]})?" for m in _MONTHS) + "|sept)"
_DAY = r"(?P<day>\d{1,2})(?: ?(?:st|nd|rd|th))?"
_YEAR = r"(?:(?P<ad>ad )?(?P<year>\d{1,4})(?: ?(?P<era>ad|ce|bc|bce))?)"
_FORMS = [
    re.compile(form)
    for form in (
        r"(?P<year>\d{4}) ?- ?(?P<month>\d{2}) ?- ?(?P<day>\d{2})",
        rf"{_DAY} (?:of )?{_MONTH}(?: (?:of )?{_YEAR})?",
        rf"{_MONTH} (?:the )?{_DAY}(?: {_YEAR})?",
        rf"{_MONTH} (?:of )?(?:the year )?(?P<year>\d{{4}})",
        rf"(?P<season>{'|'.join(_SEASONS)}) (?:of )?(?P<year>\d{{4}})",
        rf"(?:year )?{_YEAR}",
        r"(?P<decade>\d{3}0) ?'?s",
        rf"(?:(?P<century>\d{{1,2}}) ?(?:st|nd|rd|th)|(?P<ordinal>{'|'.join(_ORDINALS)}))"
        r"(?: | ?- ?)century(?: (?P<era>ad|ce|bc|bce))?",
    )
]
_RANGE = re.compile(
    r"(?:between (?P<low>.+?) and |(?:from )?(?P<start>.+?)(?: ?[-–] ?| to | until | through ))"
    r"(?P<end>.+)"
)
_ABOUT = re.compile(r"(?:c|ca|circa) (?P<rest>.+)")
_SHORT_END = re.compile(r"[0-9]{2}")
_BEFORE_CHRIST = ("-", "0000")
"""How values begin of years that are."""


def iso_date(name: str) -> str | None:
    """Return the ISO 8601 value of a time expression, None where it has no single one."""
    if len(name) > LONGEST:
        return None
    cleaned = unicodedata.normalize("NFKC", name).casefold().replace("—", "–").replace("’", "'")
    cleaned = re.sub(r"\b([abcde])\.(?=[abcde]\b)", r"\1", cleaned)  # 'B.C.' is 'BC.'
    cleaned = " ".join(cleaned.replace(",", " ").replace(".", " ").split())
    return _value(cleaned.removeprefix("the ")) or _approximate(cleaned) or _range(cleaned)


def _value(text: str) -> str | None:
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            return _written(match.groupdict())
    return None


def _approximate(text: str) -> str | None:
    match = _ABOUT.fullmatch(text)
    value = _value(match["rest"]) if match else None
    return f"{value}~" if value else None


def _range(text: str) -> str | None:
    match = _RANGE.fullmatch(text)
    if not match:
        return None
    start, end = (
        _value(side.removeprefix("the ")) for side in (match["low"] or match["start"], match["end"])
    )
    if start and _SHORT_END.fullmatch(match["end"]) and re.fullmatch(r"\d{4}", start):
        return _season_or_range(start, match["end"], dash="–" in text)
    if start and end and end.startswith(_BEFORE_CHRIST) and not start.startswith(_BEFORE_CHRIST):
        return None  # '500-400 BC', where BC may count for both
    yearless = any(value and value.startswith("--") for value in (start, end))
    return f"{start}/{end}" if start and end and not yearless else None


def _season_or_range(start: str, end: str, *, dash: bool) -> str | None:
    """Return '1914-18' as a range; '2010-11' with a hyphen may be a month too."""
    later = int(end) > int(start[2:])
    return f"{start}/{start[:2]}{end}" if later and (dash or int(end) > 12) else None


def _written(parts: dict[str, str | None]) -> str | None:
    """Return the parts of an expression in ISO 8601, None where the calendar has no such day."""
    before = parts.get("era") in {"bc", "bce"}
    if parts.get("decade"):
        return _decade(parts["decade"] or "")
    if parts.get("century") or parts.get("ordinal"):
        word = parts["ordinal"]
        number = _ORDINALS.index(word) + 1 if word else int(parts["century"] or 0)
        return f"{'-' * before}{number - 1:02d}XX" if number else None
    year = _year(parts, before=before)
    if parts.get("season"):
        return f"{year}-{_SEASONS[parts['season'] or '']}"
    if not parts.get("month"):
        return year
    month = _month(parts["month"] or "")
    if not parts.get("day"):
        return f"{year}-{month:02d}" if year else None
    if parts.get("year") and not year:
        return None
    return _day(year, month, int(parts["day"] or 0))


def _year(parts: dict[str, str | None], *, before: bool) -> str | None:
    digits = parts.get("year")
    if not digits or not int(digits):
        return None
    if before:
        return f"-{int(digits) - 1:04d}" if int(digits) > 1 else "0000"
    dated = len(digits) > 2 or parts.get("era") or parts.get("ad")
    return f"{int(digits):04d}" if dated else None


def _decade(digits: str) -> str | None:
    return None if digits.endswith("00") else f"{int(digits) // 10:03d}X"


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return next(n for n, month in enumerate(_MONTHS, start=1) if month.startswith(text[:3]))


def _day(year: str | None, month: int, day: int) -> str | None:
    try:
        date(int(year) if year and not year.startswith("-") and int(year) else 2000, month, day)
    except ValueError:
        return None
    return f"{year or '-'}-{month:02d}-{day:02d}"
