"""When a document last changed, in the forms in which sources write it.

A record without a time has `UNKNOWN_TIME`: a file's own time differs between two copies of the same
corpus, and the same corpus must give the same graph. So has one whose time cannot be read: a
document is never lost for it.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)

UNKNOWN_TIME = "1970-01-01T00:00:00Z"
MOST_NAMED = 10
"""Documents whose times cannot be read: a field that is wrong in one is often wrong in all."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"-?\d{9,13}")
"""A text that is a number; one of 14 digits is more likely a time without its signs."""
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-\d\d")
_SECONDS_FROM, _SECONDS_TO = 10**9, 10**10
"""Numbers that are seconds: of the years 2001 to 2286; as milliseconds, of the spring of 1970."""


def utc_time(value: object) -> str:
    """Return a time as fixed-width ISO-8601 UTC, 'YYYY-MM-DDTHH:MM:SSZ'.

    A number, also as a text, is milliseconds since 1970, and with ten digits seconds. A time
    without a zone is UTC; a year or a month is its beginning.

    Raises:
        ValueError: The value is not a time between the years 1 and 9999.
    """
    if value is None or value == "":
        return UNKNOWN_TIME
    try:
        moment = _moment(value)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be an ISO-8601 time, or milliseconds since 1970") from None
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


class Times:
    """Reads the times of a source's documents, and tells of which they are unknown."""

    def __init__(self) -> None:
        self._unread = 0

    def of(self, value: object, document: str) -> str:
        """Return the newest of a field's times; the unknown one where none can be read."""
        try:
            return _newest(value)
        except ValueError as error:
            self._unread += 1
            if self._unread <= MOST_NAMED:
                log.warning("%s: field 'updated_at' %s: its time is unknown", document, error)
            if self._unread == MOST_NAMED:
                log.warning("no further documents are named whose time cannot be read")
            return UNKNOWN_TIME


def _moment(value: object) -> datetime:
    match value:
        case bool():
            raise ValueError
        case int() | float():
            in_seconds = _SECONDS_FROM <= value < _SECONDS_TO
            return _EPOCH + timedelta(milliseconds=1000 * value if in_seconds else value)
        case str():
            text = value.strip()
            if _NUMBER.fullmatch(text):
                return _moment(int(text))
            if _YEAR.fullmatch(text):
                text += "-01-01"
            elif _MONTH.fullmatch(text):
                text += "-01"
            return datetime.fromisoformat(text)
        case _:
            raise ValueError


def _newest(value: object) -> str:
    times: list[str] = []
    problem: ValueError | None = None
    for each in value if isinstance(value, list) else [value]:
        try:
            times.append(utc_time(each))
        except ValueError as error:
            problem = error
    known = [time for time in times if time != UNKNOWN_TIME]
    if problem and not known:
        raise problem
    return max(known, default=UNKNOWN_TIME)
