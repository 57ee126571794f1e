"""What counts as noise of layout, and what does not."""

from __future__ import annotations

import pytest

from benchmarks.quality.noise import figures
from benchmarks.quality.parts.noise_rule import cause_of_noise
from benchmarks.quality.parts.noise_texts import LIST, documents
from extractor.schema import Document, Entity, Mention


def entity(text: str, *names: str, type_: str = "ORG", called: str = "") -> Entity:
    """Return an entity whose mentions are names in a text."""
    mentions = tuple(
        Mention(start=text.index(name), end=text.index(name) + len(name), type=type_)
        for name in names
    )
    return Entity(id="nil:1", name=called or names[0], type=type_, mentions=mentions)


@pytest.mark.parametrize(
    ("text", "name", "cause"),
    [
        ("a\n-----\nb", "-----", "signs"),
        ("by Ada\n\nBonn", "Ada\n\nBonn", "crosses blocks"),
        ("| Ada | Bonn |", "Ada | Bonn", "crosses blocks"),
        ("to <b>Ada", "b>Ada", "markup"),
        ("an Ada👍 !", "Ada👍", "stray signs"),
        ("Jose\u0301 left", "Jose", "stray signs"),
        ("to jane@doe.co.uk.", "uk", "address"),
        ("at https://a.org/Bonn.", "Bonn", "address"),
        ("in /usr/share/Bonn", "Bonn", "path"),
        ("by d41d8cd98f00b204", "d41d8cd98f00b204", "hash"),
        ("Content-Type: Bonn", "Bonn", "technical line"),
        ("see Bonn[12] too", "12", "footnote mark"),
    ],
)
def test_what_is_no_name_is_noise(text: str, name: str, cause: str) -> None:
    type_ = "NUM" if name == "12" else "MISC"
    assert cause_of_noise(text, entity(text, name, type_=type_)) == cause


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace",
        "Amazon.com",
        "AC/DC",
        "C++",
        "Acme Inc.",
        "Yahoo!",
        "James A.\nMerwe",
        "O'Neil",
    ],
)
def test_names_are_not(text: str) -> None:
    assert cause_of_noise(f"It was {text} of", entity(f"It was {text} of", text)) == ""


def test_a_broken_word_is_noise_where_the_name_shows_it() -> None:
    text = "the Dis-\ntrict Court"
    assert cause_of_noise(text, entity(text, "Dis-\ntrict", called="Dis- trict")) == "broken word"
    assert cause_of_noise(text, entity(text, "Dis-\ntrict", called="District")) == ""


def test_one_good_mention_makes_an_entity_unless_the_other_gives_the_name() -> None:
    text = "In UK: jane@doe.co.uk and www.Bonn-am-Rhein.de"
    assert cause_of_noise(text, entity(text, "UK", "uk")) == ""
    assert cause_of_noise(text, entity(text, "uk")) == "address"
    assert cause_of_noise(text, entity(text, "Bonn-am-Rhein", "UK")) == "address"


def test_the_share_is_of_all_entities() -> None:
    text = "Ada -----"
    document = Document(id="a:1", source="a", title="", text=text, updated_at="")
    found = figures([(document, (entity(text, "Ada"), entity(text, "-----")))] * 2)
    assert (found["documents"], found["entities"], found["kinds"]) == (2, 4, 1)
    assert found["layout_share"] == found["layout_share_low"] == found["signs"] / 4 == 0.5


def test_documents_are_read_where_the_machine_has_them(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "wikinews.txt").write_text("Ada " * 5_000)
    monkeypatch.setenv("PATH", "")
    found = {each.id: each for each in documents(tmp_path)}
    assert LIST.is_file()
    assert len(found["news:texts/wikinews.txt"].text) == 4_000
    assert not any("man/" in name for name in found)
