from __future__ import annotations

import pytest

from extractor.checkpoint import Checkpoint
from extractor.mentions import detection
from extractor.mentions.agreement import agree_on_types
from extractor.schema import Mention
from tests.unit.extractor.annotated import read_annotated


def types(marked: str) -> list[str]:
    text, mentions, _ = read_annotated(marked)
    return [mention.type for mention in agree_on_types(text, mentions)]


def test_the_type_of_most_mentions_counts_whatever_their_case_and_article() -> None:
    assert types("[the Met|LOC], [The Met|ORG], [Met|ORG]; [Paris|LOC]") == ["ORG"] * 3 + ["LOC"]


def test_of_types_as_frequent_the_first_counts() -> None:
    assert types("[Tecumseh|PER] in [Tecumseh|MISC]") == ["PER", "PER"]


def test_times_and_numbers_keep_their_types_and_give_none() -> None:
    assert types("[1815|TIME], [1815|NUM], [1815|MISC]") == ["TIME", "NUM", "MISC"]


def test_a_span_that_was_found_twice_is_one_mention_then() -> None:
    twice = [Mention(start=0, end=3, type="LOC"), Mention(start=0, end=3, type="ORG")]
    assert agree_on_types("Met", twice[::-1]) == twice[:1]
    assert agree_on_types("", []) == []


def test_what_is_detected_has_agreed_on_its_types(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, found, _ = read_annotated("[Met|LOC], [Met|ORG], [Met|ORG]")
    monkeypatch.setattr(detection, "decode_mentions", lambda *_: found)
    (mentions,) = detection.detect(checkpoint.tagger, checkpoint.tokenizer, [text])
    assert [mention.type for mention in mentions] == ["ORG"] * 3
