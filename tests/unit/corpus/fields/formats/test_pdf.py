"""PDF: pages, paragraphs over lines and pages, broken words, headers and footers."""

from __future__ import annotations

import pytest

from corpus.fields.formats import pdf
from corpus.fields.formats.formatted import FormatRejected
from corpus.fields.formats.pdf import iso_time, read_pdf
from tests.unit.corpus.fields.formats.pdf_files import Placed, paragraph, pdf_of
from tests.unit.corpus.fields.formats.shapes import lines, shown

OPENING = [
    "The Analytical Engine was designed in the city of London by Charles Bab-",
    "bage, who never built it. Ada Lovelace wrote a program for it, in a well-",
    "known note on a paper by Luigi Menabrea. It is well-known to this day.",
]

MINISTER = "Menabrea was from Chambery, and became the prime minister of"
NEVER = "one engine, of which the design is old and which was never built"


def furnished(body: list[Placed], number: int) -> list[Placed]:
    """Return a page with a header and its number."""
    return [(72, 800, 9, f"Annual Report {number}"), *body, (300, 30, 9, str(number))]


def test_lines_are_paragraphs_and_broken_words_are_whole() -> None:
    page = [
        (72, 740, 16, "1. Engines"),
        *paragraph(OPENING, 700),
        *paragraph([f"{MINISTER} Italy in", "1867."], 640),
        *paragraph([f"• {NEVER} by", "   anybody"], 600),
        *paragraph(["• two"], 570),
    ]

    found = read_pdf(pdf_of([page], title="Engines", changed="D:20240506070809+02'00'"))

    assert shown(found) == [
        ("heading", "1. Engines"),
        (
            "paragraph",
            "The Analytical Engine was designed in the city of London by Charles Babbage, who "
            "never built it. Ada Lovelace wrote a program for it, in a well-known note on a paper "
            "by Luigi Menabrea. It is well-known to this day.",
        ),
        ("paragraph", f"{MINISTER} Italy in 1867."),
        ("item", f"• {NEVER} by anybody"),
        ("item", "• two"),
    ]
    assert lines(found, "item") == [(1, 1), (1, 2)]
    assert {block.page for block in found.blocks} == {1}
    assert (found.title, found.updated_at) == ("Engines", "2024-05-06T07:08:09+02:00")


def test_a_sentence_over_a_page_is_on_the_page_where_it_begins() -> None:
    first = paragraph([*OPENING, "Luigi Menabrea was born in Chambery and was the prime min-"], 700)
    second = paragraph(["ister of Italy. He died in 1896.", "He was a general, too."], 700)
    pages = [furnished(body, number) for number, body in enumerate([first, second, first], start=1)]

    found = read_pdf(pdf_of(pages))

    body = [block for block in found.blocks if block.kind != "furniture"]
    texts = [found.text[block.start : block.end] for block in body]
    assert [block.page for block in body] == [1, 2, 3]
    assert texts[0].endswith(
        "Luigi Menabrea was born in Chambery and was the prime minister of Italy."
    )
    assert texts[1] == "He died in 1896. He was a general, too."


def test_what_is_on_every_page_is_furniture() -> None:
    pages = [
        furnished(paragraph([f"Only the page {name} says this, and nothing else."], 700), number)
        for number, name in enumerate(("alpha", "beta", "gamma", "delta", "eta", "iota"), start=7)
    ]

    found = read_pdf(pdf_of(pages))

    assert [text for kind, text in shown(found) if kind == "furniture"] == [
        text for number in range(7, 13) for text in (f"Annual Report {number}", str(number))
    ]
    assert [kind for kind, _ in shown(found)].count("paragraph") == 6


def test_names_on_lines_of_their_own_stay_apart() -> None:
    page = [
        *paragraph(["Ada Lovelace", "Charles Babbage", "Niels Bohr"], 700),
        *paragraph(["A line that is much longer than the names which stand above it here."], 640),
    ]

    assert [text for _, text in shown(read_pdf(pdf_of([page])))][:3] == [
        "Ada Lovelace",
        "Charles Babbage",
        "Niels Bohr",
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf_of([[]]), "has no text, only pictures of it: run OCR over it first"),
        (pdf_of([paragraph(["Ada"], 700)], locked=True), "is encrypted: save it without its pass"),
        (pdf_of([paragraph(["Ada"], 700)])[:60], "is no PDF that can be read"),
        (b"%PDF-1.7", "is no PDF that can be read"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_helps(data: bytes, reason: str) -> None:
    with pytest.raises(FormatRejected, match=reason):
        read_pdf(data)


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)

    with pytest.raises(FormatRejected, match="has 3 pages, over 2: split it"):
        read_pdf(pdf_of([[]] * 3))


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("D:20240506070809+02'00'", "2024-05-06T07:08:09+02:00"),
        ("D:20240506070809Z", "2024-05-06T07:08:09+00:00"),
        ("20240506", "2024-05-06T00:00:00+00:00"),
        ("D:2024", "2024-01-01T00:00:00+00:00"),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_dates_are_read_as_pdf_writes_them(written: str, time: str) -> None:
    assert iso_time(written) == time
