from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.atlop.features import build_features
from extractor.atlop.scoring import score
from extractor.checkpoint import Checkpoint
from extractor.circumstances import CircumstanceWeights
from extractor.circumstances.features import FEATURES
from extractor.encoder.batching import Budget
from extractor.errors import DocumentRejected
from extractor.pipeline import Extractor
from extractor.schema import Candidate, Document, Extraction
from tests.checkpoints import TEXT
from tests.unit.extractor.annotated import annotated_document

LONDON = Candidate(id="wikidata:Q84", name="London", type="LOC", popularity=400)
GOLD = (
    "[Ada Lovelace|PER|0] was born in [London|LOC|1] in [1815|TIME|2]. [Lovelace|PER|0] worked "
    "with [Charles Babbage|PER|3]. He had studied at [Trinity College|ORG|4] in [Cambridge|LOC|5]."
)


class Index:
    """An entity index of one entry that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        self.asked += names
        return {name: (LONDON,) if name == "London" else () for name in names}


def extractor(checkpoint: Checkpoint, **options: Any) -> Extractor:
    return Extractor(checkpoint, Index(), device="cpu", **options)


def raw(number: int, text: str) -> Document:
    gold = annotated_document("", identifier=str(number))
    return replace(gold, text=text, sentences=(), clusters=())


DOCUMENTS = [
    raw(1, TEXT),
    annotated_document(GOLD, identifier="2"),
    raw(3, "A short one."),
    raw(4, f"{TEXT} " * 12),
    annotated_document("[Kent|LOC|0].", identifier="5"),
]


def assert_same(one: Extraction, other: Extraction) -> None:
    """Compare two extractions; margins may differ by what the order of additions changes."""
    assert one.document == other.document
    assert one.entities == other.entities
    assert one.unscored_pairs == other.unscored_pairs
    ours = {(s.head, s.relation, s.tail): s for s in one.statements}
    theirs = {(s.head, s.relation, s.tail): s for s in other.statements}
    for key in ours.keys() | theirs.keys():
        if key in ours and key in theirs:
            assert ours[key].margin == pytest.approx(theirs[key].margin, abs=1e-4)
        else:
            assert (ours.get(key) or theirs[key]).margin < 1e-4


def test_gold_clusters_are_kept_and_linked(checkpoint: Checkpoint) -> None:
    document = DOCUMENTS[1]
    (found,) = extractor(checkpoint).extract([document])
    assert [entity.mentions for entity in found.entities] == [c.mentions for c in document.clusters]
    assert [entity.id for entity in found.entities if entity.linked] == ["wikidata:Q84"]
    assert found.unscored_pairs == 0
    assert found.statements


def test_a_link_below_the_confidence_asked_for_is_a_candidate(checkpoint: Checkpoint) -> None:
    careful = extractor(checkpoint, link_above=1.0)
    (found,) = careful.extract([DOCUMENTS[1]])
    assert not any(entity.linked for entity in found.entities)
    assert [entity.candidate for entity in found.entities if entity.candidate] == ["wikidata:Q84"]
    (london,) = [choice for choice in careful.choices(DOCUMENTS[1]) if choice.candidates]
    assert (london.best, london.doubtful) == (None, LONDON)


def test_statements_speak_of_the_documents_entities_and_sentences(checkpoint: Checkpoint) -> None:
    for found in extractor(checkpoint).extract(DOCUMENTS):
        ids = {entity.id for entity in found.entities}
        for statement in found.statements:
            assert statement.head != statement.tail
            assert {statement.head, statement.tail} <= ids
            assert statement.relation in checkpoint.relations.ids
            assert statement.margin > 0
            assert 0 < statement.probability < 1
            assert statement.sentences == tuple(sorted(set(statement.sentences)))
            assert statement.text


def test_circumstances_count_where_mentions_were_found_and_not_where_they_were_given(
    checkpoint: Checkpoint,
) -> None:
    weights = {name: float(name == "log_odds") for name in FEATURES}
    doubtful = CircumstanceWeights(weights=weights, offset=-3.0)
    before, after = (
        extractor(each).extract([DOCUMENTS[3], DOCUMENTS[1]])
        for each in (checkpoint, replace(checkpoint, circumstances=doubtful))
    )
    found, given = (
        list(zip(one.statements, other.statements, strict=True))
        for one, other in zip(before, after, strict=True)
    )
    assert all(other.probability < one.probability for one, other in found)
    assert all(replace(other, probability=one.probability) == one for one, other in found)
    assert found
    assert all(one == other for one, other in given)
    assert given


def test_a_found_mention_says_how_sure_the_detector_is(checkpoint: Checkpoint) -> None:
    found, given = extractor(checkpoint).extract([DOCUMENTS[3], DOCUMENTS[1]])
    margins = [mention.margin for entity in found.entities for mention in entity.mentions]
    assert margins
    assert all(margin is not None and margin == round(margin, 1) >= 0 for margin in margins)
    assert {mention.margin for entity in given.entities for mention in entity.mentions} == {None}


def test_raw_text_gets_mentions_of_its_own(checkpoint: Checkpoint) -> None:
    names = ("Oslo", "Grace Hopper", "Bonn", "Trinity House", "Kent", "Alan Turing", "Rome")
    documents = [DOCUMENTS[0], *(raw(9, TEXT.replace("London", name)) for name in names)]
    found = extractor(checkpoint).extract(documents)
    assert all(len(each.entities) > 2 for each in found)
    assert any(each.statements for each in found)


def test_evidence_names_both_arguments(checkpoint: Checkpoint) -> None:
    document = DOCUMENTS[1]
    (found,) = extractor(checkpoint).extract([document])
    entities = {entity.id: entity for entity in found.entities}
    for statement in found.statements:
        for end in (statement.head, statement.tail):
            names = {document.text[m.start : m.end] for m in entities[end].mentions}
            assert any(name in statement.text for name in names)


def test_a_batch_gives_what_its_documents_give_alone(checkpoint: Checkpoint) -> None:
    together = extractor(checkpoint, budget=Budget(tokens=900, pairs=200)).extract(DOCUMENTS)
    assert len(together) == len(DOCUMENTS)
    for document, found in zip(DOCUMENTS, together, strict=True):
        (alone,) = extractor(checkpoint, budget=Budget(tokens=1, pairs=1)).extract([document])
        assert_same(alone, found)


def test_running_twice_gives_the_same(checkpoint: Checkpoint) -> None:
    assert extractor(checkpoint).extract(DOCUMENTS) == extractor(checkpoint).extract(DOCUMENTS)


def test_documents_of_one_id_do_not_share_their_mentions(checkpoint: Checkpoint) -> None:
    long, short = raw(1, TEXT), raw(1, "A short one about London.")
    for found in extractor(checkpoint).extract([long, short]):
        ends = [mention.end for entity in found.entities for mention in entity.mentions]
        assert all(end <= len(found.document.text) for end in ends)


def test_an_empty_batch_is_a_success(checkpoint: Checkpoint) -> None:
    assert extractor(checkpoint).extract([]) == []


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_an_empty_text_is_refused_and_named(checkpoint: Checkpoint, text: str) -> None:
    with pytest.raises(DocumentRejected, match="the text is empty") as caught:
        extractor(checkpoint).extract([DOCUMENTS[0], raw(9, text)])
    assert caught.value.document == "tests:9"


def test_a_text_that_is_too_long_is_refused_with_the_remedy(checkpoint: Checkpoint) -> None:
    with pytest.raises(DocumentRejected, match="FACTLOOM_EXTRACTOR__MAX_CHARACTERS") as caught:
        extractor(checkpoint, max_characters=20).extract([raw(8, "x" * 20), raw(9, "x" * 21)])
    assert caught.value.document == "tests:9"


def test_numbers_and_times_are_not_looked_up(checkpoint: Checkpoint) -> None:
    index = Index()
    Extractor(checkpoint, index, device="cpu").extract([DOCUMENTS[1]])
    assert "1815" not in index.asked
    assert {"Ada Lovelace", "Lovelace", "London"} <= set(index.asked)


def test_a_batch_that_does_not_fit_in_memory_is_halved(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = extractor(checkpoint).extract(DOCUMENTS)
    forward, sizes = checkpoint.atlop.encoder.forward, list[int]()

    def small(ids: torch.Tensor, *rest: torch.Tensor, **options: Any) -> object:
        if len(ids) > 1:
            raise torch.OutOfMemoryError("out of memory")
        sizes.append(len(ids))
        return forward(ids, *rest, **options)

    monkeypatch.setattr(checkpoint.atlop.encoder, "forward", small)
    for one, other in zip(expected, extractor(checkpoint).extract(DOCUMENTS), strict=True):
        assert_same(one, other)
    assert set(sizes) == {1}


def test_a_document_that_does_not_fit_alone_is_refused(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: torch.Tensor, **options: Any) -> object:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(checkpoint.atlop.encoder, "forward", never)
    with pytest.raises(DocumentRejected, match="memory") as caught:
        extractor(checkpoint).extract([DOCUMENTS[1]])
    assert caught.value.document == "tests:2"


def test_margins_that_are_no_numbers_stop_the_document(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    bias = checkpoint.atlop.bilinear.bias
    monkeypatch.setattr(bias, "data", bias.data.clone().fill_(float("nan")))
    with pytest.raises(DocumentRejected, match="not finite") as caught:
        extractor(checkpoint).extract(DOCUMENTS[1:3])
    assert caught.value.document == "tests:2"


def test_the_time_of_each_stage_adds_up(checkpoint: Checkpoint) -> None:
    used = extractor(checkpoint)
    used.extract([DOCUMENTS[0]])
    first = dict(used.seconds)
    used.extract([DOCUMENTS[0]])
    assert set(first) == {"mentions", "linking", "relations"}
    assert all(0 < first[stage] < used.seconds[stage] for stage in first)


def test_a_document_without_sentences_is_scored_too(
    checkpoint: Checkpoint, tokenizer: PreTrainedTokenizerBase
) -> None:
    document = DOCUMENTS[1]
    mentions = [cluster.mentions for cluster in document.clusters]
    features = build_features(document.text, (), mentions, tokenizer=tokenizer, max_pieces=512)
    ((scores,),) = score(checkpoint.atlop, [features], pad_id=0)
    assert scores.sentence_shares.tolist() == [[0.0]] * len(scores.pairs)


def test_the_shares_of_all_sentences_sum_to_one(
    checkpoint: Checkpoint, tokenizer: PreTrainedTokenizerBase
) -> None:
    document = DOCUMENTS[1]
    mentions = [cluster.mentions for cluster in document.clusters]
    features = build_features(
        document.text, document.sentences, mentions, tokenizer=tokenizer, max_pieces=512
    )
    ((scores,),) = score(checkpoint.atlop, [features], pad_id=0)
    assert scores.sentence_shares.shape == (15, 3)
    assert scores.sentence_shares.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
