"""HTML: what is seen of a page, block by block."""

from __future__ import annotations

import pytest

from corpus.fields.formats.formatted import FormatRejected
from corpus.fields.formats.html import read_html, read_markup
from tests.unit.corpus.fields.formats.shapes import lines, shown

PAGE = """<!doctype html><html lang="en"><head><title>Grete  Hermann | Site</title>
<meta name="date" content="2024-03-01"><meta property="article:modified_time"
content="2024-05-06T07:08:09Z"><style>p{}</style></head><body>
<nav><a href="/">Home</a> <a>People of Bremen</a></nav>
<header><h1>Grete&nbsp;Hermann</h1></header>
<main><p>Grete Hermann was born in <b>Bremen</b>.<!-- no --> She studied with
Emmy&#32;Noether at G&ouml;ttingen.</p><script>var Hilbert = 1</script>
<blockquote><p>He was right.</p></blockquote>
<figure><img alt="Portrait"><figcaption>Hermann in 1938</figcaption></figure>
<pre><code>let x = 1;
  x()</code></pre><p hidden>secret</p><p style="display: none">secret</p>
<p>Kept <del>dropped</del></p></main>
<footer>Copyright Example Press</footer></body></html>"""


def test_a_page_is_what_its_readers_see() -> None:
    found = read_html(PAGE.encode())

    assert shown(found) == [
        ("heading", "Grete Hermann"),
        (
            "paragraph",
            "Grete Hermann was born in Bremen. She studied with Emmy Noether at Göttingen.",
        ),
        ("quote", "He was right."),
        ("caption", "Hermann in 1938"),
        ("code", "let x = 1;\n  x()"),
        ("paragraph", "Kept"),
        ("furniture", "Copyright Example Press"),
    ]
    assert (found.title, found.updated_at) == ("Grete Hermann | Site", "2024-05-06T07:08:09Z")


def test_the_title_that_a_page_gives_to_others_is_the_best_one() -> None:
    page = '<meta property="og:title" content="Bremen"><title>Bremen | Site</title><h1>B</h1>'

    assert read_markup(page).title == "Bremen"
    assert read_markup("<h1>Only <i>this</i></h1>").title == "Only this"
    assert read_markup("<p>None</p>").title == ""


def test_cells_know_their_rows_and_items_their_lists() -> None:
    table = read_markup(
        "<table><caption>Prizes</caption><thead><tr><th>Name<th>Year</thead>"
        "<tr><td>Marie<br>Curie<td>1903<tr><td>Niels Bohr<td><ul><li>1922</ul></table>"
    )
    lists = read_markup("<ol><li>one<ul><li>inner</ul>more<li>two</ol><ul><li>three</ul>")

    assert table.text == "Prizes\n\nName | Year\nMarie Curie | 1903\nNiels Bohr | 1922"
    assert lines(table, "row") == [(1, 1), (1, 1), (1, 2), (1, 2), (1, 3), (1, 3)]
    headings = [block for block in table.blocks if block.kind == "row" and block.line == 0]
    assert [table.text[each.start : each.end] for each in headings] == ["Name", "Year"]
    assert lists.text == "one\ninner\nmore\ntwo\nthree"
    assert lines(lists, "item") == [(1, 1), (2, 2), (1, 1), (1, 3), (3, 4)]


def test_a_term_and_what_it_means_are_one_item() -> None:
    found = read_markup("<dl><dt>Born<dd>1901<dd>in Bremen<dt>Died<dd>1984</dl>")

    assert lines(found, "item") == [(1, 1), (1, 1), (1, 1), (1, 2), (1, 2)]


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td><h2>A</h2><p>b</p><td>c</table>",
        "<table><tr><td>A<td><table><tr><td>b</table>c</table>",
        "<table role=presentation><tr><td>A<td>b</table>",
        "<table><tr><td>A b</table>",
    ],
)
def test_a_table_that_only_places_things_has_no_rows(table: str) -> None:
    assert {kind for kind, _ in shown(read_markup(table))} <= {"heading", "paragraph"}


def test_a_break_after_a_short_line_ends_a_block_and_after_a_long_one_wraps_it() -> None:
    short = read_markup("<p>Ada Lovelace<br>Charles Babbage<br><br>Niels Bohr</p>")
    wrapped = "The Analytical Engine was designed in London in 1837 by the mathematician"
    long = read_markup(f"<p>{wrapped}<br>Charles Babbage.</p>")

    assert [text for _, text in shown(short)] == ["Ada Lovelace", "Charles Babbage", "Niels Bohr"]
    assert [text for _, text in shown(long)] == [f"{wrapped} Charles Babbage."]


def test_preformatted_text_is_code_only_where_the_page_says_so() -> None:
    mail = "<pre>Dear all,\nAda was\nborn.\n\nYours</pre>"

    assert shown(read_markup(mail)) == [
        ("paragraph", "Dear all,\nAda was\nborn."),
        ("paragraph", "Yours"),
    ]
    for code in ('<pre class="c">a</pre>', '<div class="highlight"><pre>a</pre></div>'):
        assert shown(read_markup(code)) == [("code", "a")]


@pytest.mark.parametrize(
    ("head", "charset"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ('<meta charset="utf-8">', "utf-8"),
        ('<meta charset="iso-8859-1">', "cp1252"),
        ("<meta http-equiv=content-type content='text/html; charset=Shift_JIS'>", "shift_jis"),
        ('<meta charset="utf-16">', "utf-8"),
    ],
)
def test_a_page_is_read_in_the_charset_that_it_declares(head: str, charset: str) -> None:
    name = "京都" if charset == "shift_jis" else "Göttingen"

    assert read_html(f"{head}<p>{name}</p>".encode(charset)).text == name


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"<p>caf\xe9", "is not UTF-8 at byte 7: declare its charset"),
        (b"<meta charset=klingon>", "declares the charset 'klingon', which is unknown"),
        (b"<meta charset=ascii>\x81", "is not CP1252 at byte"),
        (b"<meta charset=zlib>x", "declares the charset 'zlib'"),
    ],
)
def test_a_page_in_another_charset_is_refused(page: bytes, reason: str) -> None:
    with pytest.raises(FormatRejected, match=reason):
        read_html(page)


def test_what_is_broken_is_read_as_browsers_do() -> None:
    found = read_markup("<p>one<p>two <b>three</p> four</div></td> five <table>six<tr><td>7<td>8")

    assert "".join(found.text.split()).replace("|", "") in ("onetwothreefourfivesix78",)
    assert read_markup("").blocks == ()
    assert read_markup("</html>after").text == "after"
