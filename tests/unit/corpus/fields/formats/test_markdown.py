"""Markdown: front matter, tables, lists, code and quotes."""

from __future__ import annotations

import pytest

from corpus.fields.formats.formatted import FormatRejected
from corpus.fields.formats.front_matter import split_front_matter
from corpus.fields.formats.markdown import read_markdown, read_markdown_text
from tests.unit.corpus.fields.formats.shapes import lines, shown

TEXT = """---
title: "Radium: a story"
date: 2024-01-02
tags: [a, b]
---
# Radium

Marie Curie isolated *radium*
in [Paris](https://example.org/paris) &amp; said so.

| Name | Born |
|------|------|
| Marie Curie | Warsaw |
| Niels Bohr | ~~Aarhus~~ Copenhagen |

* one
* two

> He was right.

```python
Hilbert = 1
```
<div>Some <b>HTML</b><script>no</script></div>
"""


def test_a_text_is_what_its_readers_see() -> None:
    found = read_markdown(TEXT.encode("utf-8-sig"))

    assert shown(found) == [
        ("heading", "Radium"),
        ("paragraph", "Marie Curie isolated radium in Paris & said so."),
        ("row", "Name"),
        ("row", "Born"),
        ("row", "Marie Curie"),
        ("row", "Warsaw"),
        ("row", "Niels Bohr"),
        ("row", "Copenhagen"),
        ("item", "one"),
        ("item", "two"),
        ("quote", "He was right."),
        ("code", "Hilbert = 1"),
        ("paragraph", "Some HTML"),
    ]
    assert lines(found, "row") == [(1, 1), (1, 1), (1, 2), (1, 2), (1, 3), (1, 3)]
    assert (found.title, found.updated_at) == ("Radium: a story", "2024-01-02")


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    found = read_markdown_text("# Ada *Lovelace*\n\nShe was born.")

    assert (found.title, found.updated_at) == ("Ada Lovelace", "")


@pytest.mark.parametrize(
    "text",
    [
        "---\nno yaml: [\n---\nAda",
        "---\njust a line\n---\nAda",
        "---\n" + "- " * 3000 + "\n---\nAda",
        "---\ntitle: never closed\n",
        "Ada\n---\ntitle: not in front\n---\n",
        "---\n" + "a: b\n" * 20_000 + "---\nAda",
    ],
)
def test_what_is_no_front_matter_stays_in_the_text(text: str) -> None:
    assert split_front_matter(text) == ({}, text)


def test_front_matter_is_never_built_only_read() -> None:
    laughs = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(30))
    text = f"---\n{laughs}Title: !!python/object/apply:os.system [x]\ndate: !x 2024\n---\nAda"

    assert split_front_matter(text) == ({"date": "2024"}, "Ada")


def test_other_charsets_are_refused() -> None:
    with pytest.raises(FormatRejected, match="is not UTF-8 at byte 4: save it as UTF-8"):
        read_markdown(b"caf\xe9")
