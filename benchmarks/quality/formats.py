"""Are real files of every format read, and do their blocks say what the files say?

Files that are on a machine anyway: Debian's documentation (HTML, Markdown, PDF), the Markdown and
PDF of installed packages, the mails of Python's own tests; and what lies in the folders that are
named: an unpacked source distribution of python-docx has Word files. Copies count once.

A file is exact where its blocks lie in the text, ascend and leave out nothing but their edges, and
where an independent reading has the letters and digits of each block next to each other: HTML by
`html.parser`, Markdown without its marks, mails by `email`, PDF by PDFium's own text of two pages,
Word from its XML. What a text is to leave out, nothing independent tells: tests do.
"""

from __future__ import annotations

import argparse
import html
import io
import re
import sys
import sysconfig
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from email import message_from_bytes
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pypdfium2

from benchmarks.parts.report import write
from corpus.fields.formats.formatted import CELL_EDGE, FormatRejected, Formatted
from corpus.fields.formats.process import read_apart

DOCUMENTATION = Path("/usr/share/doc")
MOST = 80
"""Files of a kind, in the order of their paths."""
MOST_BYTES = 2_000_000
_ADDRESS, _LABEL, _TAG = (
    re.compile(mark) for mark in (r"\]\([^)]*\)", r"\]\[[^\]]*\]", r"<[^>]{1,500}>")
)


def files(folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield files with the suffix of their format, copies once."""
    packages, library = Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("stdlib"))
    mails = [(path, ".eml") for path in library.glob("test/test_email/data/msg_*.txt")]
    found = [
        (path, path.suffix.lower())
        for folder in (DOCUMENTATION, packages, *folders)
        for path in folder.rglob("*")
        if path.suffix.lower() in READINGS and "templates" not in path.parts
    ]
    counts, seen = Counter[str](), set[bytes]()
    for path, suffix in sorted(mails + found):
        kept = suffix != ".html" or packages not in path.parents  # those are templates
        if kept and path.is_file() and 0 < path.stat().st_size < MOST_BYTES:
            data = path.read_bytes()
            if data not in seen and counts[suffix] < MOST:
                seen.add(data)
                counts[suffix] += 1
                yield path, suffix


def signs(text: str) -> str:
    """Return the letters and digits of a text."""
    return "".join(filter(str.isalnum, text))


def html_text(data: bytes) -> list[str]:
    """Return all text of a page, but for scripts and styles."""
    parser = _Text()
    parser.feed(data.decode(errors="replace"))
    parser.close()
    return ["".join(parser.found)]


def markdown_text(data: bytes) -> list[str]:
    """Return Markdown without links' addresses; with labels and tags and without: code has some."""
    text = _ADDRESS.sub("", data.decode(errors="replace"))
    texts = [text, _LABEL.sub("", text)]
    return [html.unescape(each) for each in (*texts, *(_TAG.sub("", each) for each in texts))]


def mail_text(data: bytes) -> list[str]:
    """Return what the parts of a mail hold, and its headers."""
    message = message_from_bytes(data)
    parts = [part.get_payload(decode=True) for part in message.walk()]
    texts = [part.decode(errors="replace") for part in parts if isinstance(part, bytes)]
    return [*texts, *(text for each in texts for text in html_text(each.encode()))]


def pdf_text(data: bytes) -> list[str]:
    """Return PDFium's text of each page together with the next."""
    document = pypdfium2.PdfDocument(data)
    pages = [page.get_textpage().get_text_range() for page in document]
    return [" ".join(pages[place : place + 2]) for place in range(len(pages))]


def word_text(data: bytes) -> list[str]:
    """Return the text nodes of a Word file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = re.findall(r"<w:t(?: [^>]*)?>([^<]*)<", archive.read("word/document.xml").decode())
    return [html.unescape("".join(found))]


READINGS: Final[dict[str, Callable[[bytes], list[str]]]] = {
    ".docx": word_text,
    ".eml": mail_text,
    ".html": html_text,
    ".md": markdown_text,
    ".pdf": pdf_text,
}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unseen += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if self._unseen <= 0:
            self.found.append(data)


def is_exact(found: Formatted, data: bytes, suffix: str) -> bool:
    """Tell whether blocks lie well in the text, and an independent reading has each of them."""
    end, readings = 0, [signs(text) for text in READINGS[suffix](data)]
    for block in found.blocks:
        if found.text[end : block.start] not in ("", "\n", "\n\n", CELL_EDGE):
            return False
        end = block.end
    spans = [(block.start, block.end) for block in found.blocks if block.kind != "signature"]
    texts = [signs(found.text[start:end]) for start, end in spans]
    if not spans:  # plain text, of one part of the mail or several, and its correspondents
        text = found.text.rpartition("\n\n-- \n")[0] or found.text
        texts = [signs(line) for line in text.splitlines()]
    if suffix == ".pdf":  # a page's number and header stand between the parts of a sentence
        return all(_in_parts(text, readings) for text in texts)
    return all(any(text in reading for reading in readings) for text in texts)


def _in_parts(text: str, readings: Sequence[str]) -> bool:
    """Tell whether a text is in a reading as a whole, or with a gap."""
    for reading in readings:
        if text in reading:
            return True
        low = next((n for n in range(len(text), 0, -1) if text[:n] in reading), 0)
        if low and text[low:] in reading:
            return True
    return False


def main() -> None:
    """Read the files and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="further folders of files")
    counts, read, exact = Counter[str](), Counter[str](), Counter[str]()
    for path, suffix in files(parser.parse_args().folders):
        counts[suffix] += 1
        data = path.read_bytes()
        try:
            found = read_apart(data, suffix)
        except FormatRejected as error:
            print(f"{path}: {error}", file=sys.stderr)
            continue
        read[suffix] += 1
        if is_exact(found, data, suffix):
            exact[suffix] += 1
        else:
            print(f"{path}: not exact", file=sys.stderr)
    figures: dict[str, float] = {
        "files": counts.total(),
        "kinds": len(counts),
        "read": read.total(),
        "offsets_exact": exact.total() / read.total(),
    }
    figures |= {f"files{suffix.replace('.', '_')}": number for suffix, number in counts.items()}
    figures |= {f"exact{suffix.replace('.', '_')}": number for suffix, number in exact.items()}
    write("formats", figures, title="Real files of every format")


if __name__ == "__main__":
    main()
