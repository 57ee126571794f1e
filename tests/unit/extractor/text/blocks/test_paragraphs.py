"""Which lines are one paragraph, and what else stands between blank lines."""

from __future__ import annotations

import pytest

from tests.unit.extractor.text.blocks.shown import shown

WRAPPED = (
    "The plan was drawn up by the engineer who had built the bridge, James A.\n"
    "MERWE, and by his sister. It was never carried out, as the bank of Cape\n"
    "Town had no money."
)


def test_an_empty_line_parts_names() -> None:
    assert shown("Ada Lovelace\n\nCharles Babbage\n\nNiels Bohr") == [
        ("heading", "Ada Lovelace"),
        ("heading", "Charles Babbage"),
        ("heading", "Niels Bohr"),
    ]
    assert [text for _, text in shown("Activision Blizzard\n\nREDMOND")] == [
        "Activision Blizzard",
        "REDMOND",
    ]


def test_a_wrapped_paragraph_is_one() -> None:
    assert shown(WRAPPED) == [("paragraph", WRAPPED)]
    assert shown(WRAPPED.replace("\n", "\r\n"))[0][1].endswith("no money.")


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace\nCharles Babbage\nNiels Bohr",
        "Best regards,\nAda Lovelace\nAnalytical Engines Ltd",
        "Witnesses:\nHOLLOWAY, Anna B.\nVAN DER BERG, Maria\nOkafor, Chidi",
        f"Early life\n{'He was born in a village that nobody has heard of since. ' * 4}\nCareer",
    ],
)
def test_short_lines_stand_for_themselves(text: str) -> None:
    assert [found for _, found in shown(text)] == [line.strip() for line in text.split("\n")]


def test_a_heading_without_an_empty_line_is_no_part_of_its_paragraph() -> None:
    assert shown(f"Offices\n{WRAPPED}") == [("paragraph", "Offices"), ("paragraph", WRAPPED)]


def test_narrow_columns_of_prose_are_wrapped_too() -> None:
    text = (
        "The house was built by the\narchitect of the king, John\nNash, and it was sold at\nonce."
    )
    assert shown(text) == [("paragraph", text)]


def test_a_word_broken_at_a_line_end_goes_on() -> None:
    text = "Grut-\nTer and the Dis-\ntrict Court"
    assert shown(text) == [("paragraph", text)]


@pytest.mark.parametrize("heading", ["# Early life", "== Early life ==", "Early life\n----------"])
def test_marked_headings_are_told(heading: str) -> None:
    found = shown(f"{heading}\nShe was born in London.")
    assert found[0][0] == "heading"
    assert found[0][1].startswith("Early life")
    assert found[1] == ("paragraph", "She was born in London.")


def test_a_caption_is_told() -> None:
    assert shown("Figure 2. Ada Lovelace in London.")[0][0] == "caption"


def test_quotes_of_an_earlier_mail_are_blocks_of_their_own() -> None:
    text = (
        "Yes.\n\nOn Mon, 3 Mar 2020, Charles Babbage\n<cb@example.org> wrote:\n"
        "> We are going to Paris next week with the people of the\n> bank and with others.\n>\n"
        ">> When?\n> Soon."
    )
    assert shown(text) == [
        ("paragraph", "Yes."),
        (
            "quote",
            "We are going to Paris next week with the people of the\n> bank and with others.",
        ),
        ("quote", "When?"),
        ("quote", "Soon."),
    ]


def test_a_signature_is_told_line_by_line() -> None:
    assert shown("See you.\n\n-- \nAda Lovelace\nAnalytical Engines, London\n")[1:] == [
        ("signature", "Ada Lovelace"),
        ("signature", "Analytical Engines, London"),
    ]
    long = "\n".join("a line" for _ in range(40))
    assert {kind for kind, _ in shown(f"--\n{long}")} == {"paragraph"}


def test_entries_of_a_log_lose_their_stamps() -> None:
    assert shown(
        "2024-01-31 09:12:44,123 INFO Ada\n[09:12:45] Grace: hello\nJan 31 09:12:46 x y"
    ) == [
        ("paragraph", "INFO Ada"),
        ("paragraph", "Grace: hello"),
        ("paragraph", "x y"),
    ]
