"""Twice as much of anything takes about twice the work, however it was made to take more.

Work is counted in instructions of Python, which no clock and no other process changes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest
from sentencex import get_sentence_boundaries
from transformers import PreTrainedTokenizerBase

from extractor.atlop.collate import collate
from extractor.atlop.features import build_features
from extractor.calibration.evidence import sentences_of
from extractor.clusters import pairs
from extractor.clusters.groups import Group
from extractor.linking import link_clusters
from extractor.schema import Candidate, Cluster, Document, Mention, Span
from extractor.text import sentences
from extractor.text.sentences import LONGEST_STRETCH, split_sentences

DOCUMENT = Document(id="tests:1", source="tests", title="", text="", updated_at="")
NAME, STEP = "Ada Smith", 11


def work(act: Callable[[], object]) -> int:
    """Return how many instructions something takes."""
    taken = 0

    def count(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal taken
        frame.f_trace_opcodes = True
        taken += event == "opcode"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        act()
    finally:
        sys.settrace(before)
    return taken


def assert_linear(act: Callable[[int], object], size: int) -> None:
    act(2 * size)  # what is remembered is remembered
    one, other = work(lambda: act(size)), work(lambda: act(2 * size))
    assert other < 2.5 * one, (one, other)


def mentions(number: int, type_: str = "PER") -> list[Mention]:
    """Return mentions of names that stand one after the other."""
    return [
        Mention(start=at, end=at + len(NAME), type=type_) for at in range(0, number * STEP, STEP)
    ]


def text(number: int) -> str:
    return ", ".join([NAME] * number)


@pytest.mark.parametrize("entities", [1, 0], ids=["of one entity", "of many"])
def test_windows_are_cut_for_any_number_of_mentions(
    tokenizer: PreTrainedTokenizerBase, entities: int
) -> None:
    def build(size: int) -> object:
        found = mentions(size)
        groups = [found] if entities else [[each] for each in found]
        return build_features(
            text(size),
            (),
            groups,
            tokenizer=tokenizer,
            max_pieces=24,
            candidate=lambda head, tail: False,
        )

    assert_linear(build, 60)


def test_a_batch_is_made_of_any_number_of_pieces(tokenizer: PreTrainedTokenizerBase) -> None:
    def batch(size: int) -> object:
        first, second, *_ = mentions(size)
        built = build_features(
            text(size),
            [Span(start=0, end=STEP * size)],
            [[first], [second]],
            tokenizer=tokenizer,
            max_pieces=100_000,
        )
        return collate(built.windows, pad_id=0)

    assert_linear(batch, 60)


def test_any_number_of_clusters_may_be_one_entry() -> None:
    london = Candidate(id="wikidata:Q84", name="London", type="LOC", popularity=9)

    def link(size: int) -> object:
        document = replace(DOCUMENT, text="London, " * size)
        spots = [Mention(start=at, end=at + 6, type="LOC") for at in range(0, 8 * size, 8)]
        clusters = [Cluster(type="LOC", mentions=(each,)) for each in spots]
        (entity,) = link_clusters(document, clusters, {"London": (london,)})
        assert len(entity.mentions) == size
        return entity

    assert_linear(link, 120)


def test_a_cluster_may_have_any_number_of_names_and_candidates() -> None:
    def link(size: int) -> object:
        names = [f"{chr(97 + n % 26) * 3}{n}" for n in range(size)]
        document = replace(DOCUMENT, text=" ".join(names))
        starts = [document.text.index(name) for name in names]
        found = tuple(
            Mention(start=start, end=start + len(name), type="PER")
            for start, name in zip(starts, names, strict=True)
        )
        cluster = Cluster(type="PER", mentions=found)
        unlike = {
            name: (Candidate(id=f"wikidata:Q{n}", name=f"Unlike {n}x", type="PER"),)
            for n, name in enumerate(names)
        }
        return link_clusters(document, [cluster], unlike)

    assert_linear(link, 60)


def test_places_are_found_among_any_number_of_sentences() -> None:
    def find(size: int) -> object:
        spans = [Span(start=at, end=at + 5) for at in range(0, 10 * size, 10)]
        return [sentences_of([each], spans) for each in mentions(size)]

    assert_linear(find, 200)


def test_of_thousands_of_pairs_those_count_whose_names_share_what_few_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ["Ada Rare", "Bob Rare", *(f"{chr(65 + n)}no Common" for n in range(20))]
    places = [Mention(start=n, end=n + 1, type="PER") for n in range(len(names))]
    groups = [
        Group("PER", name.casefold(), name, (place,))
        for name, place in zip(names, places, strict=True)
    ]
    everything = pairs.possible_pairs("", groups)
    monkeypatch.setattr(pairs, "MOST_PAIRS", 5)
    some = pairs.possible_pairs("", groups)
    assert len(some) == 5 < len(everything)
    assert (0, 1) in some
    assert set(some) < set(everything)


def test_a_long_text_is_split_in_parts_where_no_sentence_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paragraph = "Ada lived in London. Dr. Smith (of Kent) did not.\nHe said so.\n\n"
    long = paragraph * 2000
    assert len(long) > 2 * LONGEST_STRETCH
    alone = split_sentences(paragraph)
    expected = [
        (at + span.start, at + span.end)
        for at in range(0, len(long), len(paragraph))
        for span in alone
    ]
    asked: list[int] = []

    def recorded(language: str, part: str) -> object:
        asked.append(len(part))
        return get_sentence_boundaries(language, part)

    monkeypatch.setattr(sentences, "get_sentence_boundaries", recorded)
    assert [(span.start, span.end) for span in split_sentences(long)] == expected
    assert max(asked) <= LONGEST_STRETCH


@pytest.mark.parametrize("part", ["a", "“so he said ", "a\n", "so. "])
def test_a_text_without_paragraphs_is_split_too(part: str) -> None:
    long = part * (2 * LONGEST_STRETCH // len(part))
    spans = split_sentences(long)
    said = "".join(long[span.start : span.end] for span in spans)
    assert "".join(said.split()) == "".join(long.split())
