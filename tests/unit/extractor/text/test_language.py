"""Texts that are surely in another language are told; whatever is in doubt is not."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.languages import EXTRACTED_AT_MOST, english_texts, foreign_texts, read
from extractor.text.language import FEWEST, known_languages, other_language

ENGLISH = "\n".join(each.text for each in read("english") if each.kind == "prose")
FOREIGN = {
    language: "\n".join(each.text for each in read("foreign") if each.language == language)
    for language in ("de", "fr", "ru", "ar", "zh")
}
GERMAN = (
    "Die Donau ist nach der Wolga der zweitlängste Fluss in Europa. Sie entspringt im Schwarzwald "
    "und fließt durch zehn Länder, mehr als jeder andere Fluss der Erde, bis sie nach einem langen "
    "und gewundenen Lauf in das Schwarze Meer mündet, wo sie weit verzweigt ist."
)
MAIL = (
    "Dear Ms Lovelace, thank you for your message about the meeting in London on Tuesday. I have "
    "spoken with Charles Babbage of Cambridge. Please find the draft attached."
)
NOISE = hashlib.shake_256(b"noise").digest(3000)
NO_PROSE = {
    "a file in base64": "\n\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"
    + base64.encodebytes(NOISE).decode(),
    "a file in base64 without line breaks": " " + base64.b64encode(NOISE).decode(),
    "hashes": "".join(f"\n{hashlib.sha256(bytes([n])).hexdigest()}  out/{n}" for n in range(20)),
    "links": " https://www.example.org/aktuelles/nachrichten-aus-der-region?seite=4" * 20,
    "addresses": "\nanmeldung.geschaeftsstelle@verein-der-freunde.example.de" * 20,
    "numbers": "\n12.5;33.81;-4.1e7;0x7f;1999-12-31;15:04:05" * 40,
    "code": '\nstatic int q_len(struct q *q) { return q->head ? q->len : -EINVAL; } // "q"' * 20,
    "emoji": " 🇩🇪😀🔥👍🏽" * 50,
    "quoted-printable": "\n=C3=BCber=C3=A4ll m=C3=BCsste man =E2=80=93 sch=C3=B6n=" * 20,
}


@pytest.mark.parametrize("language", FOREIGN)
def test_another_language_is_told(language: str) -> None:
    found = other_language(FOREIGN[language], ["en"])
    assert found is not None
    assert (found.code, found.share) == (language, 1)
    assert other_language(FOREIGN[language], ["en", language]) is None


@pytest.mark.parametrize("noise", NO_PROSE)
def test_what_is_no_language_neither_hides_one_nor_is_one(noise: str) -> None:
    assert other_language(NO_PROSE[noise], ["en"]) is None
    assert other_language(MAIL + NO_PROSE[noise], ["en"]) is None
    found = other_language(FOREIGN["de"] + NO_PROSE[noise], ["en"])
    assert found is not None
    assert found.code == "de"


@pytest.mark.parametrize(
    "text",
    [
        "",
        MAIL,
        MAIL.upper(),
        "1 2 3 " * 100,
        "Universidad Nacional Autónoma de México",
        "Die Donau ist ein Fluss.",
        f"The image is {hashlib.sha512(NOISE).hexdigest()}, please pull it again.",
        "Present: Annelies van der Meer, Joost van den Heuvel, Gijsbert de Groot, Saskia ter Braak "
        "and Marijke van Oldenbarnevelt.",
        "Oaks (Quercus robur, Quercus petraea), Fagus sylvatica, Carpinus betulus, "
        "Ilex aquifolium, Sorbus aucuparia, Mercurialis perennis, Anemone nemorosa and Galium "
        "odoratum grow there.",
        "Pleas: res ipsa loquitur, volenti non fit injuria, nemo dat quod non habet. All of them "
        "fail.",
        f'The mayor wrote: "{GERMAN}" The council has not yet answered his letter.',
        "She was born in Moscow (Москва является столицей России и стоит на реке) and she died "
        "there too.",
        "hey r u cmng 2nite? wl b @ shaws til 8ish thn gng bk 2 mine. txt me whn u lv so i cn opn",
        "Wetin dey happen for Lagos today no be small thing, people dey trek go reach Yaba, and "
        "dem no fit come back before the rain don finish, na so we see am.",
    ],
    ids=[
        *("empty", "english", "capitals", "numbers", "a name", "short", "a hash", "dutch names"),
        *("species", "legal terms", "a quotation", "another script", "sms", "pidgin"),
    ],
)
def test_what_is_in_doubt_is_taken_as_spoken(text: str) -> None:
    assert other_language(text, ["en"]) is None


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("times", [1, 100], ids=["short", "long"])
def test_a_text_that_is_partly_in_a_language_asked_for_is_taken(language: str, times: int) -> None:
    one, other = ENGLISH * times, FOREIGN[language] * times
    assert other_language(one + other, ["en"]) is None
    assert other_language(other + one, ["en"]) is None
    assert other_language(one + other, [language]) is None


def test_what_a_text_repeats_tells_once() -> None:
    """An English footer on every page makes no text English."""
    german = "\n".join(each.text for each in read("foreign") if each.language == "de")
    footer = ".\n\nThis is confidential and for the addressee only.\n\n"
    found = other_language(german.replace(". ", footer), ["en"])
    assert found is not None
    assert found.code == "de"


def test_a_long_text_is_looked_at_from_its_beginning_to_its_end() -> None:
    german = FOREIGN["de"] * 300
    assert len(german) > 500_000
    found = other_language(german, ["en"])
    assert found is not None
    assert found.code == "de"
    middle = len(german) // 2
    assert other_language(german[:middle] + ENGLISH * 20 + german[middle:], ["en"]) is None


@given(st.text(max_size=FEWEST // 4))
def test_nothing_is_said_of_short_texts(text: str) -> None:
    assert other_language(text, ["en"]) is None


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    other_language(text * 50, ["en"])


def test_a_language_is_known_by_its_code() -> None:
    assert {"en", *FOREIGN} <= known_languages()
    assert "xx" not in known_languages()
    assert "zxx" not in known_languages(), "it stands for what is no language"


def test_of_the_texts_of_the_benchmark_no_english_one_is_skipped() -> None:
    assert [each.id for each in english_texts() if other_language(each.text, ["en"])] == []
    foreign = foreign_texts()
    extracted = [each.id for each in foreign if other_language(each.text, ["en"]) is None]
    assert len(extracted) <= EXTRACTED_AT_MOST * len(foreign), extracted
