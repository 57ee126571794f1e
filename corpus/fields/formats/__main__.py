"""The process that reads formats: a suffix, a length and bytes come in, a line of JSON goes out."""

from __future__ import annotations

import resource
import sys

from corpus.fields.formats.formatted import FormatRejected
from corpus.fields.formats.process import MAX_MEMORY_BYTES, answer, asked
from corpus.fields.formats.reading import read_format


def main() -> None:
    """Read until the other side is gone."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    while (request := asked(sys.stdin.buffer)) is not None:
        suffix, data = request
        try:
            told = answer(read_format(data, suffix))
        except FormatRejected as error:
            told = answer(error)
        sys.stdout.buffer.write(told)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
