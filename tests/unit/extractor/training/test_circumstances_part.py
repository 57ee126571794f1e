"""What a checkpoint learns from the raw texts of its dev documents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from extractor.calibration.logistic import Floats
from extractor.checkpoint import Checkpoint, TrainingRecord
from extractor.circumstances import CircumstanceWeights
from extractor.circumstances.features import FEATURES
from extractor.datasets.docred import DOCRED, Label, LabelledDocument
from extractor.evaluation.raw import majority_matches, raw
from extractor.pipeline import Extractor
from extractor.schema import Cluster, Extraction
from extractor.training import circumstances_part
from extractor.training.circumstances_part import (
    NoNames,
    learned_circumstances,
    raw_statements,
)
from tests.checkpoints import TEXT
from tests.unit.extractor.annotated import annotated_document

pytestmark = pytest.mark.slow
WEIGHTS = CircumstanceWeights(
    weights={name: 0.1 + (name == "log_odds") for name in FEATURES}, offset=-1.0
)


def extraction_of(checkpoint: Checkpoint) -> Extraction:
    document = raw(annotated_document(f"{TEXT} " * 12))
    (extraction,) = Extractor(checkpoint, NoNames()).extract([document])
    assert len(extraction.statements) > 3
    return extraction


def labelled_as(extraction: Extraction, *numbers: int) -> LabelledDocument:
    """Return the document as if its entities were gold, and some of its statements labelled."""
    clusters = tuple(Cluster(type=e.type, mentions=e.mentions) for e in extraction.entities)
    item = LabelledDocument(document=replace(extraction.document, clusters=clusters), labels=())
    labels = [Label(head=h, relation=r, tail=t) for h, r, t in triples_of(extraction, item)]
    return replace(item, labels=tuple(labels[n] for n in numbers))


def triples_of(extraction: Extraction, item: LabelledDocument) -> list[tuple[int, str, int]]:
    """Return the statements as triples of gold clusters."""
    matches = {id_: n for id_, n in majority_matches(extraction, item).items() if n is not None}
    return [
        (matches[each.head], each.relation, matches[each.tail]) for each in extraction.statements
    ]


def test_each_statement_is_right_where_people_labelled_it(checkpoint: Checkpoint) -> None:
    extraction = extraction_of(checkpoint)
    item = labelled_as(extraction, 1, 2)
    found = raw_statements(checkpoint, [item, item], device="cpu")
    size = len(extraction.statements)
    assert np.flatnonzero(found.right).tolist() == [1, 2, size + 1, size + 2]
    assert found.document.tolist() == [0] * size + [1] * size
    assert found.features.shape == (2 * size, len(FEATURES))


def test_what_is_optional_or_unjudged_is_left_out(checkpoint: Checkpoint) -> None:
    extraction = extraction_of(checkpoint)
    item = labelled_as(extraction, 1)
    first, _, third, *_ = triples_of(extraction, item)
    left = replace(item, optional=frozenset({first}), unjudged=frozenset({(third[0], third[2])}))
    found = raw_statements(checkpoint, [left], device="cpu")
    kept = [
        triple
        for triple in triples_of(extraction, item)
        if triple != first and (triple[0], triple[2]) != (third[0], third[2])
    ]
    assert len(found.right) == len(kept)


def test_what_the_checkpoint_learned_before_does_not_count(checkpoint: Checkpoint) -> None:
    item = labelled_as(extraction_of(checkpoint), 1)
    biased = replace(checkpoint, circumstances=WEIGHTS)
    one, other = (raw_statements(each, [item], device="cpu") for each in (checkpoint, biased))
    np.testing.assert_array_equal(one.features, other.features)


def test_what_is_learned_from_is_what_is_served(checkpoint: Checkpoint) -> None:
    item = labelled_as(extraction_of(checkpoint), 1)
    found = raw_statements(checkpoint, [item], device="cpu")
    served = extraction_of(replace(checkpoint, circumstances=WEIGHTS)).statements
    unchecked = [n for n, each in enumerate(served) if not each.contradicts]
    assert unchecked
    np.testing.assert_allclose(
        [served[n].probability for n in unchecked],
        WEIGHTS.probabilities(found.features)[unchecked],
    )


def test_a_document_that_is_not_extracted_is_left_out(checkpoint: Checkpoint) -> None:
    item = labelled_as(extraction_of(checkpoint), 1)
    blank = replace(item, document=replace(item.document, text="   ", clusters=()), labels=())
    found = raw_statements(checkpoint, [blank, item], device="cpu")
    assert set(found.document.tolist()) == {1}
    assert raw_statements(checkpoint, [blank], device="cpu").features.shape == (0, len(FEATURES))


def test_documents_with_few_marks_teach_nothing(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = labelled_as(extraction_of(checkpoint), 1)
    asked: list[int] = []

    def nothing(features: Floats, *_: object) -> None:
        asked.append(len(features))

    monkeypatch.setattr(circumstances_part, "fit_circumstances", nothing)
    whole = replace(item, document=replace(item.document, source=DOCRED))
    assert (item.marks_every_mention, whole.marks_every_mention) == (False, True)
    learned_circumstances(checkpoint, [item, whole], device="cpu")
    assert asked == [len(extraction_of(checkpoint).statements)]


def test_documents_that_trained_a_kept_detector_teach_nothing(checkpoint: Checkpoint) -> None:
    item = labelled_as(extraction_of(checkpoint), 1)
    whole = replace(item, document=replace(item.document, source=DOCRED))
    title = whole.document.title
    kept = replace(checkpoint, record=TrainingRecord(mention_titles=(title,)))
    assert learned_circumstances(kept, [whole], device="cpu") is None
