"""The page of a pair's context: every weight in its place, nothing of a document taken as HTML."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.pages.context_view import (
    Argument,
    Asserted,
    Range,
    WordWeights,
    context_page,
    word_weights,
)

SAMPLE = Path(__file__).parents[4] / "samples" / "stanistreet.json"
VOID = {"meta"}
HOSTILE = (
    '<script>alert("x")</script> & \'"{title}" {{ title }} {% raw %} '
    "\u202eevil\u202c \x00\ud800 שלום עולם 👩🏽‍🔬"
)


class Reader(HTMLParser):
    """Reads a page: its tags, its attributes, and the text of each sentence without labels."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.sentences: list[str] = []
        self.boxes: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if tag == "p" and ("dir", "auto") in attrs:
            self.sentences.append("")
        classes = dict(attrs).get("class") or ""
        if classes.startswith("mention") and self.sentences and "p" in self.open:
            self.boxes.append(classes)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.sentences and "p" in self.open and "sup" not in self.open:
            self.sentences[-1] += data


def page(text: str = "Ada was born in London.", **changes: Any) -> str:
    given: dict[str, Any] = {
        "title": "Ada",
        "text": text,
        "sentences": [(0, len(text))],
        "sentence_shares": [1.0],
        "weights": word_weights([1.0], [(0, len(text))], text),
        "head": Argument(name="Ada", mentions=((0, 3),)),
        "tail": Argument(name="London", mentions=((16, 22),)),
        "statements": [],
        "evidence": [],
        "checkpoint": "tiny@1",
    }
    return context_page(**{**given, **changes})


def by_word(weights: WordWeights, text: str) -> dict[str, float]:
    return {text[word.start : word.end]: word.weight for word in weights.words}


def test_a_word_has_the_weight_of_its_pieces() -> None:
    text = "McIlroy died."
    weights = word_weights([0.25, 0.125, 0.5, 0.125], [(0, 2), (2, 7), (8, 12), (12, 13)], text)
    assert by_word(weights, text) == {"McIlroy": 0.375, "died": 0.5, ".": 0.125}
    assert weights.hidden_share == 0


@pytest.mark.parametrize("nowhere", [None, (-1, -1)])
def test_weights_of_markers_are_dropped_and_stated(nowhere: Range | None) -> None:
    weights = word_weights([3.0, 1.0], [nowhere, (0, 3)], "Ada")
    assert by_word(weights, "Ada") == {"Ada": 1.0}
    assert weights.hidden_share == 0.75


def test_a_piece_over_two_words_is_shared_out() -> None:
    assert by_word(word_weights([1.0], [(0, 4)], "a-bc"), "a-bc") == {
        "a": 0.25,
        "-": 0.25,
        "bc": 0.5,
    }


def test_offsets_are_code_points_and_marks_stay_in_their_word() -> None:
    text = "𝔄da हिन्दी"
    assert by_word(word_weights([1.0, 2.0], [(0, 3), (4, 10)], text), text) == {
        "𝔄da": 1,
        "हिन्दी": 2,
    }


@given(st.text(max_size=40), st.data())
def test_no_weight_is_lost(text: str, data: st.DataObject) -> None:
    places = st.integers(0, len(text))
    spans = st.tuples(places, places).map(lambda ends: (min(ends), max(ends)))
    pieces = data.draw(st.lists(st.tuples(st.floats(0, 1), st.none() | spans), max_size=8))
    whole = sum(weight for weight, _ in pieces)
    found = word_weights([weight for weight, _ in pieces], [place for _, place in pieces], text)
    shown = sum(word.weight for word in found.words)
    assert shown + found.hidden_share * whole == pytest.approx(whole)


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), -0.1])
def test_a_weight_that_is_none_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        word_weights([weight], [(0, 3)], "Ada")
    with pytest.raises(ValueError, match="at least 0"):
        page(sentence_shares=[weight])


def test_shares_and_sentences_must_agree() -> None:
    with pytest.raises(ValueError, match="2 shares for 1 sentences"):
        page(sentence_shares=[0.5, 0.5])


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
@example("1815", 2, 0, 0)  # a sentence that ends inside a word
def test_the_text_is_shown_whole_and_as_text(text: str, cut: int, start: int, length: int) -> None:
    cut = min(cut, len(text))
    shown = Reader(
        page(
            text,
            sentences=[(0, cut), (cut, len(text))],
            sentence_shares=[0.5, 0.5],
            weights=word_weights([], [], text),
            head=Argument(name=text, mentions=((start, start + length + 1),)),
            tail=Argument(name=text, mentions=((max(0, start - 2), start + 2),)),
        )
    )
    assert shown.open == []
    written = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", text)
    assert "".join(shown.sentences) == written


def test_nothing_of_a_document_becomes_html() -> None:
    told = page(
        HOSTILE,
        title=HOSTILE,
        head=Argument(name=HOSTILE, mentions=((0, 8),)),
        statements=[Asserted(relation=HOSTILE, margin=1.0, probability=0.5)],
        checkpoint=HOSTILE,
    )
    shown = Reader(told)
    assert shown.open == []
    assert "script" not in shown.tags
    assert "link" not in shown.tags
    assert not {name for name in shown.attributes if name.startswith(("on", "src", "href"))}
    assert "{title}" in told, "a text with braces is no template"
    assert "{{ title }} {% raw %}" in told
    assert told.encode("utf-8")


def test_every_sentence_keeps_its_direction() -> None:
    text = "נולד בירושלים. He died there."
    told = page(text, sentences=[(0, 14), (15, len(text))], sentence_shares=[0.5, 0.5])
    assert told.count('<p dir="auto">') == 2
    assert Reader(told).sentences == ["נולד בירושלים. ", "He died there."]


def test_shades_are_relative_and_the_weights_can_be_read() -> None:
    text = "Ada was born"
    weights = word_weights([0.05, 0.2], [(4, 7), (8, 12)], text)
    told = page(text, weights=weights)
    assert '<span class="w" style="--w:1.000" title="weight 20.00 %">born</span>' in told
    assert '<span class="w" style="--w:0.250" title="weight 5.00 %">was</span>' in told
    legend = re.search(r'<p class="legend">.*</p>', told)
    assert legend
    assert re.findall(r"[\d.]+ %", legend[0]) == [
        "0.00 %",
        "5.00 %",
        "10.00 %",
        "15.00 %",
        "20.00 %",
    ]
    rows = re.findall(r"<tr><td><bdi>(.+?)</bdi></td><td>(.+?)</td></tr>", told)
    assert rows == [("born", "20.00 %"), ("was", "5.00 %")]


def test_a_pair_without_any_weight_is_shown_all_the_same() -> None:
    assert 'style="--w:0.000" title="weight 0.00 %">born' in page(
        weights=word_weights([], [], "born"), text="born"
    )


def test_mentions_are_boxed_whole_and_told_apart_without_colour() -> None:
    text = "John Stanistreet of Bendigo"
    told = page(
        text,
        head=Argument(name="John Stanistreet", mentions=((0, 16),)),
        tail=Argument(name="Bendigo", mentions=((20, 27),)),
    )
    assert Reader(told).boxes == ["mention head", "mention tail"]
    assert told.count("<sup>head</sup>") == 2, "by the name, and in the text"
    box = re.search(r'<p dir="auto"><span class="mention head">(.*?)<sup>head</sup></span>', told)
    assert box
    assert re.sub("<[^>]+>", "", box[1]) == "John Stanistreet"


def test_a_mention_inside_another_gets_both_boxes() -> None:
    text = "Bendigo Council"
    told = page(
        text,
        head=Argument(name=text, mentions=((0, 15),)),
        tail=Argument(name="Bendigo", mentions=((0, 7),)),
    )
    assert Reader(told).boxes == ["mention head", "mention tail", "mention head"]
    assert told.count("<sup>head</sup>") == 2, "one mention has one label"


def test_evidence_is_said_in_words_with_its_share() -> None:
    text = "Ada lived. Ada died."
    told = page(text, sentences=[(0, 10), (11, 20)], sentence_shares=[0.125, 0.75], evidence=[1])
    rows = re.findall(r'<li class="(\w+)"><div class="margin">(.*?)<div', told)
    assert [(kind, re.sub("<[^>]+>", "", said).split()) for kind, said in rows] == [
        ("plain", ["0", "12.50", "%"]),
        ("evidence", ["1", "75.00", "%", "evidence"]),
    ]


def test_relations_are_listed_surest_first_with_their_checkpoint() -> None:
    told = page(
        statements=[
            Asserted(relation="place of death", margin=0.456, probability=0.5),
            Asserted(relation="place of birth", margin=3.214, probability=0.94),
        ]
    )
    listed = re.findall(r"<li><b><bdi>(.*?)</bdi></b>: (.*?)</li>", told)
    assert listed == [
        ("place of birth", "margin 3.21 over TH, probability 0.94"),
        ("place of death", "margin 0.46 over TH, probability 0.50"),
    ]
    assert "tiny@1" in told
    assert "No relation" not in told


def test_a_pair_without_relations_says_so() -> None:
    assert "No relation of this pair is over TH." in page(statements=[])


def test_the_papers_example_reads_as_docred() -> None:
    (record,) = json.loads(SAMPLE.read_text(encoding="utf-8"))
    for vertex in record["vertexSet"]:
        for mention in vertex:
            first, after = mention["pos"]
            assert " ".join(record["sents"][mention["sent_id"]][first:after]) == mention["name"]
    head, tail = (
        next(n for n, vertex in enumerate(record["vertexSet"]) if vertex[0]["name"] == name)
        for name in ("John Stanistreet", "Bendigo")
    )
    pair = [each for each in record["labels"] if (each["h"], each["t"]) == (head, tail)]
    assert {each["r"] for each in pair} == {"P19", "P20"}
    for label in pair:
        assert tail in _entities_in(record, label["evidence"])


def _entities_in(record: dict[str, Any], sentences: list[int]) -> set[int]:
    return {
        n
        for n, vertex in enumerate(record["vertexSet"])
        if any(mention["sent_id"] in sentences for mention in vertex)
    }


@pytest.mark.parametrize("module", ["flows.pages.context_view", "flows.pages.plots"])
def test_benchmarks_can_import_it_alone(module: str) -> None:
    heavy = ("prefect", "pydantic", "neo4j", "typer", "torch")
    code = f"import sys, {module}; sys.exit(str([n for n in {heavy} if n in sys.modules] or ''))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == ""
