"""Front matter, headers of mails, code, rules and page numbers are not read."""

from __future__ import annotations

import pytest

from tests.unit.extractor.text.blocks.shown import shown

PROSE = "Ada Lovelace lived in London."


@pytest.mark.parametrize(
    "above",
    [
        "---\ntitle: Engines\ndate: 1843-01-02\ntags:\n  - London\n---",
        "+++\ntitle = 'Engines'\n+++",
        "From: Ada <ada@example.org>\nTo: Grace\n  <grace@example.org>\nSubject: London",
        "Content-Type: text/plain\nMIME-Version: 1.0",
        "-----Original Message-----\nFrom: Ada\nSent: Monday\nTo: Grace\nSubject: Paris",
        "* * *",
        "Page 3 of 12",
        "- 12 -",
        "12",
        "11m 17s",
        "00:00:01,000 --> 00:00:04,000",
        "[1]: https://example.org/London",
        "<!-- Paris -->",
    ],
)
def test_furniture_is_not_read(above: str) -> None:
    assert shown(f"{above}\n\n{PROSE}") == [("paragraph", PROSE)]


@pytest.mark.parametrize(
    "code",
    [
        "```\nfrom london import Paris\n\nParis()\n```",
        "~~~ python\nLondon = 1\n~~~",
        "    $ pip install london",
        "    def london(paris):\n        return paris()",
    ],
)
def test_code_is_told(code: str) -> None:
    found = shown(f"{PROSE}\n\n{code}\n\n{PROSE}")
    assert found == [("paragraph", PROSE), ("code", code.strip()), ("paragraph", PROSE)]


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nAda Lovelace lived in London. She died there.\n\n---",
        "From: London\nTo: Paris\nDate: 3 March",
        "1984",
        "    Ada Lovelace lived in London, says Section 7.11(c); and so it was.",
        "```\nAda Lovelace lived in London.",
    ],
)
def test_what_only_looks_like_it_is_read(text: str) -> None:
    assert {kind for kind, _ in shown(text)} & {"paragraph", "heading"}
