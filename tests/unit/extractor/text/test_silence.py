"""Stretches that name nothing are found in any text, and in time that is linear in its length."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractor.text.silence import silent_stretches


def silent(text: str) -> list[str]:
    return [text[start:end] for start, end in silent_stretches(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://a.org/Berlin?in=New_York today", ["https://a.org/Berlin?in=New_York"]),
        ("Mail jane@doe.co.uk, please", ["jane@doe.co.uk"]),
        ("On lists.example.org, java.lang.String", ["lists.example.org", "java.lang.String"]),
        ("www.example.com/Paris", ["www.example.com/Paris"]),
        ("Read /usr/London/x.txt or src/Paris/a.py", ["/usr/London/x.txt", "src/Paris/a.py"]),
        (r"In C:\Users\Paris\x", [r"C:\Users\Paris\x"]),
        ("At 192.168.0.1:80 it is", ["192.168.0.1:80"]),
        ("tar -c -f x or [--all] and --in=Rome", ["-c", "-f", "--all", "--in=Rome"]),
        ("Commit d41d8cd98f00b204e980 by Ann", ["d41d8cd98f00b204e980"]),
        ("QWxhZGRpbjpvcGVuIHNlc2FtZSBBcmUgeW91", ["QWxhZGRpbjpvcGVuIHNlc2FtZSBBcmUgeW91"]),
        ("Rome\n-----\nBonn ===== Kiel", ["-----", "====="]),
        ("2024-01-02 10:11:12,123 INFO Paris", ["2024-01-02 10:11:12,123"]),
        ("Jan  2 10:11:12 host Paris", ["Jan  2 10:11:12"]),
        ("00:01:02,500 --> 00:01:04,000\nHello", ["00:01:02,500 --> 00:01:04,000"]),
        ("[12:30] Ann", ["[12:30]"]),
        ("Ann Lee   11m 17s", ["11m 17s"]),
        ("Berlin[1] and Bonn[2, 3][b]", ["[1]", "[2, 3][b]"]),
        ("end.\n\nPage 3 of 10\n\nNext", ["Page 3 of 10"]),
        ("end.\n- 12 -\nNext\n\n42\n", ["- 12 -", "42"]),
        ("--===============7London==\nContent-Type: text/plain;\n name=Rome\n\nHi",
         ["--===============7London==", "Content-Type: text/plain;\n name=Rome"]),
        ("Jane<br>Doe <b class='x'>Rome</b> {{cite|Kiel}} **Bonn**",
         ["<br>", "<b class='x'>", "</b>", "{{cite|Kiel}}", "**", "**"]),
    ],
)  # fmt: skip
def test_what_names_nothing_is_found(text: str, expected: list[str]) -> None:
    assert silent(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Amazon.com, Node.js and the U.S.A. met AC/DC and TCP/IP at 10.30 a.m. on 1/2/2003.",
        "C++ and C#; Disney+; 13 %; $5 million; Yahoo! and Oops!... I Did It Again",
        "He was born on 2024-01-02 in Dublin/Ireland (1990s), Python 3.11.7.",
        "Jean-Luc -- a friend -- met <John Smith> [London] at 10:30 for 11m 17s of talk.",
        "San Francisco/Oakland/San Jose; News/Talk/Sports; and/or; Mr. O'Neil & Sons",
        "The ABCDEFGHIJKLMNOPQRSTUVWXYZ and Llanfairpwllgwyngyllgogerychwyrndrobwll",
        "1984\n\nA novel by apl.de.ap and will.i.am -- Ann -Lee ed25519 -5",
    ],
)
def test_names_and_prose_speak(text: str) -> None:
    assert silent(text) == []


PARTS = st.sampled_from(
    ["a", "A1", "@", ".", "/", "//", "://", "\\", "-", "=", "*", "_", "<b ", ">", "{{", "}}", "[1",
     "]", "\n", " ", "\t", "0a", "www.", "1:", "00:00:00", "Content-A:", "x.y.z", "漢", "1m 2s"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(PARTS, max_size=40).map("".join)))
@example("")
def test_stretches_of_any_text_ascend_and_do_not_touch(text: str) -> None:
    last = -1
    for start, end in silent_stretches(text):
        assert last < start < end <= len(text)
        last = end


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    ["a", "-", "/a", "<b ", "a@", "1m 1s ", "\n", " ", "{{", "a.", "a/", "~", "0a", "[1", "www.",
     "x:", "Content-A:\n ", "--a", "1:", "0a:", ".a", "+a", "A1b2", " -", "\\a", "://", "1h "],
)  # fmt: skip
def test_the_time_is_linear_in_the_length_of_hostile_texts(part: str) -> None:
    def seconds(size: int) -> float:
        text = (part * size)[:size]
        started = time.process_time()
        silent_stretches(text)
        return time.process_time() - started

    # A tenth of a second where it is linear, minutes where it is not: no busy machine decides.
    assert seconds(200_000) < 10
