"""Lines of JSON from a file that nobody has checked, in constant memory."""

from __future__ import annotations

import codecs
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

MAX_LINE_BYTES = 16 * 1024 * 1024
"""A longer line is reported, not read: about three million words, or a file without line breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that is not blank: its value, or the problem that kept it from having one."""

    number: int
    """Counted from 1."""
    value: object = None
    problem: str = ""


def opened(path: Path) -> BinaryIO:
    """Open a file of lines; `.gz` is compressed."""
    if path.suffix.lower() == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def lines_of(path: Path) -> int:
    """Return about how many lines a file has, without decoding it."""
    with opened(path) as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def read_jsonl(path: Path) -> Iterator[Line]:
    """Yield the file's lines; only a line feed ends a line.

    Raises:
        OSError: The file cannot be read; EOFError or zlib.error, where a compressed one is damaged.
    """
    with opened(path) as file:
        for number, raw in raw_lines(file):
            if raw is None:
                yield Line(number=number, problem=f"is longer than {MAX_LINE_BYTES} bytes")
            elif raw.strip():
                yield parse_line(number, raw)


def raw_lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines as they are, numbered from 1, without a byte order mark.

    A line of over `MAX_LINE_BYTES` is passed over: it comes as None.
    """
    number = 0
    while raw := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            rest = raw
            while rest and not rest.endswith(b"\n"):
                rest = file.readline(MAX_LINE_BYTES)
            yield number, None
        else:
            yield number, raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw


def parse_line(number: int, raw: bytes) -> Line:
    """Return the line's JSON value or its problem."""
    try:
        return Line(number=number, value=json.loads(raw.decode()))
    except UnicodeDecodeError as error:
        return Line(number=number, problem=f"is not UTF-8 at byte {error.start + 1}")
    except json.JSONDecodeError as error:
        return Line(number=number, problem=f"is not JSON: {error.msg} at column {error.colno}")
    except (ValueError, RecursionError) as error:
        return Line(number=number, problem=f"is not JSON that can be read: {error}")
