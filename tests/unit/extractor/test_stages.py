"""A document that holds too much leaves its batch by name; a stop ends it within a sub-batch."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from extractor import stages
from extractor.allowances import Allowance
from extractor.checkpoint import Checkpoint
from extractor.encoder.batching import Budget
from extractor.errors import DocumentRejected, Stopped, TooMuch
from extractor.pipeline import LONG
from extractor.schema import Extraction
from tests.unit.extractor.test_pipeline import DOCUMENTS, assert_same, extractor, raw

LONGEST = DOCUMENTS[3]
BESIDE = [each for each in DOCUMENTS if each is not LONGEST]
ALL = {"PIECES", "MENTIONS", "PAIRS", "STATEMENTS", "SECONDS"}


class NothingForTheLongest:
    """Allows any other document any number."""

    def __init__(self, of: str) -> None:
        self.of = of

    def check(self, number: float, characters: int) -> None:
        hostile = characters == len(LONGEST.text)
        Allowance(self.of, 0 if hostile else 10**9, 0.0).check(number, characters)


def test_an_allowance_grows_with_the_text_and_says_what_it_is() -> None:
    allowed = Allowance("mentions", 10, 0.5)
    allowed.check(15, 10)
    with pytest.raises(TooMuch, match="16 mentions are more than the 15 allowed in 10 characters"):
        allowed.check(16, 10)


@pytest.mark.parametrize("name", sorted(ALL))
def test_what_is_over_is_refused_by_name_and_the_others_are_as_without_it(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    expected = extractor(checkpoint).extract(BESIDE)
    monkeypatch.setattr(stages, name, NothingForTheLongest(of=name))
    found = extractor(checkpoint).attempt([*BESIDE[:2], LONGEST, *BESIDE[2:]])
    refused = found.pop(2)
    assert isinstance(refused, DocumentRejected)
    assert refused.document == LONGEST.id
    assert f"{name} are more than the 0 allowed" in refused.reason
    for one, other in zip(expected, found, strict=True):
        assert isinstance(other, Extraction)
        assert_same(one, other)


def test_prose_is_far_from_every_allowance(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, float] = {}

    class Recorded(NothingForTheLongest):
        def check(self, number: float, characters: int) -> None:
            asked[self.of] = max(asked.get(self.of, 0), number)

    for name in ALL:
        monkeypatch.setattr(stages, name, Recorded(of=name))
    extractor(checkpoint).extract(BESIDE)
    assert asked.keys() == ALL


def test_a_long_text_is_extracted_by_itself(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[int] = []
    run = stages.Stages.run

    def recorded(used: stages.Stages, cases: list[stages.Case]) -> None:
        together.append(len(cases))
        run(used, cases)

    monkeypatch.setattr(stages.Stages, "run", recorded)
    long = raw(77, "Nothing. " + " " * LONG)
    found = extractor(checkpoint).extract([*BESIDE, long, *BESIDE])
    assert sorted(together) == [1, 2 * len(BESIDE)]
    assert [each.document for each in found] == [*BESIDE, long, *BESIDE]


def test_an_extraction_that_is_asked_to_stop_ends_between_two_batches_of_windows(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    forward = checkpoint.tagger.encoder.forward

    def counted(ids: torch.Tensor, *rest: torch.Tensor, **options: Any) -> object:
        batches.append(len(ids))
        return forward(ids, *rest, **options)

    monkeypatch.setattr(checkpoint.tagger.encoder, "forward", counted)
    one_by_one = extractor(checkpoint, budget=Budget(tokens=1, pairs=1))
    with pytest.raises(Stopped):
        one_by_one.attempt(DOCUMENTS, stopped=lambda: len(batches) == 2)
    assert len(batches) == 2


def test_a_stop_is_no_documents_fault(checkpoint: Checkpoint) -> None:
    with pytest.raises(Stopped):
        extractor(checkpoint).attempt(DOCUMENTS, stopped=lambda: True)
