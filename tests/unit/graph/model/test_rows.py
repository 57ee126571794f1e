"""What of a document becomes rows, and what is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from extractor.errors import DocumentRejected
from extractor.schema import (
    MAX_ID_CHARACTERS,
    Block,
    Document,
    Entity,
    Extraction,
    Mention,
    Span,
    Statement,
)
from graph.model.rows import DocumentRows, content_hash, document_rows
from tests.unit.extractor.annotated import annotated_document
from tests.unit.graph.extractions import RUN, extraction


def rows(of: Extraction) -> DocumentRows:
    return document_rows(of, run=RUN, extracted_at="2026-11-23T00:00:00Z")


def with_document(**fields: str) -> Extraction:
    one = extraction()
    return replace(one, document=replace(one.document, **fields))  # type: ignore[arg-type]


def with_statement(**fields: object) -> Extraction:
    one = extraction()
    return replace(one, statements=(replace(one.statements[0], **fields),))  # type: ignore[arg-type]


def with_entity(**fields: object) -> Extraction:
    one = extraction(triples=[])
    return replace(one, entities=(replace(one.entities[0], **fields),))  # type: ignore[arg-type]


def test_a_document_keeps_its_hashes_and_counts() -> None:
    one = extraction(2)
    row = rows(one).document
    assert row["id"] == "tests:2"
    assert row["props"]["content_hash"] == content_hash(one.document)
    assert row["props"]["config_hash"] == RUN.config_hash
    assert row["props"]["unscored_pairs"] == 2


def test_the_text_itself_is_not_stored() -> None:
    one = extraction()
    assert one.document.text not in str(rows(one).document)


def test_spans_are_a_flat_list_in_the_documents_text() -> None:
    one = extraction()
    twice = replace(
        one.entities[0],
        mentions=(*one.entities[0].mentions, Mention(start=7, end=13, type="PER")),
    )
    [row] = rows(replace(one, entities=(twice,), statements=())).mentions
    assert row["props"]["spans"] == [0, 6, 7, 13]
    assert row["props"]["count"] == 2
    assert row["props"]["names"] == ["Name 1", "Name 2"]


def test_evidence_names_its_edge() -> None:
    [row] = rows(extraction()).evidence
    assert row["edge"] == "wikidata:Q1|P19|wikidata:Q2"
    assert (row["run"], row["checkpoint"]) == (RUN.id, RUN.checkpoint)
    assert row["document"] == "tests:1"


def test_evidence_keeps_the_doubt_of_the_text_apart_from_that_of_the_links() -> None:
    nil = extraction(
        entities=("wikidata:Q1", "nil:tea"),
        triples=[("wikidata:Q1", "P19", "nil:tea")],
        confidence=0.6,
    )
    [row] = rows(nil).evidence
    assert (row["probability"], row["link_confidence"]) == (0.5, 0.6), "a NIL is itself"
    [row] = rows(extraction(confidence=0.6)).evidence
    assert (row["probability"], row["link_confidence"]) == (0.5, 0.6 * 0.6)


def test_a_link_that_was_too_doubtful_stays_with_the_mention() -> None:
    one = extraction(entities=("nil:tea",), triples=[])
    doubted = replace(one.entities[0], candidate="wikidata:Q6", candidate_confidence=0.4)
    [row] = rows(replace(one, entities=(doubted,))).mentions
    assert (row["props"]["candidate"], row["props"]["candidate_confidence"]) == ("wikidata:Q6", 0.4)
    [without] = rows(one).mentions
    assert not {"candidate", "candidate_confidence"} & without["props"].keys()


def test_evidence_ids_tell_documents_and_checkpoints_apart() -> None:
    challenger = replace(RUN, checkpoint="challenger@2")
    ids = {
        rows(extraction(1)).evidence[0]["id"],
        rows(extraction(2)).evidence[0]["id"],
        document_rows(extraction(1), run=challenger, extracted_at="").evidence[0]["id"],
    }
    assert len(ids) == 3
    assert rows(extraction(1)).evidence[0]["id"] in ids


@pytest.mark.parametrize(
    "change",
    [
        lambda document: replace(document, title="x"),
        lambda document: replace(document, text=document.text + "x"),
        lambda document: replace(document, url="x"),
        lambda document: replace(document, updated_at="2027-01-01T00:00:00Z"),
        lambda document: replace(document, sentences=(Span(start=0, end=3),)),
        lambda document: replace(document, blocks=(Block(start=0, end=3, kind="item"),)),
    ],
)
def test_every_change_of_a_document_changes_its_hash(
    change: Callable[[Document], Document],
) -> None:
    document = extraction().document
    assert content_hash(change(document)) != content_hash(document)
    assert content_hash(replace(document)) == content_hash(document)


def test_given_mentions_have_the_hash_that_they_had_in_0_1() -> None:
    document = annotated_document("[Ada|PER|0] of [Kent|LOC|1].")
    known = "87b10dfe070b35fb4ad872b870c94d281d12ccd34e9d13478435254827d86a14"
    assert content_hash(document) == known
    (ada, kent) = document.clusters
    sure = replace(ada, mentions=(replace(ada.mentions[0], margin=2.0),))
    assert content_hash(replace(document, clusters=(sure, kent))) == known


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (with_document(id=""), "document id"),
        (with_document(id="x" * (MAX_ID_CHARACTERS + 1)), "601 characters"),
        (with_document(updated_at="2026-01-01T00:00:00+00:00"), "updated_at"),
        (with_document(updated_at=""), "updated_at"),
        (with_document(title="\ud800"), "title holds half a surrogate pair"),
        (with_statement(margin=float("nan")), "margin is nan"),
        (with_statement(margin=float("inf")), "margin is inf"),
        (with_statement(margin=None), "margin is missing"),
        (with_statement(probability=1.5), "probability 1.5"),
        (with_statement(probability=float("nan")), "probability nan"),
        (with_statement(tail="wikidata:Q9"), "names wikidata:Q9"),
        (with_statement(text="\udfff"), "text holds half"),
        (with_entity(id="a|b"), "holds '|'"),
        (with_entity(id=""), "entity id"),
        (with_entity(mentions=()), "no mention"),
        (with_entity(mentions=(Mention(start=900, end=901, type="PER"),)), "no text"),
        (with_entity(link_confidence=float("nan")), "link_confidence is nan"),
        (with_entity(link_confidence=1.5), "has link confidence 1.5"),
        (with_entity(aliases=("\ud800",)), "names holds half"),
    ],
)
def test_what_the_graph_cannot_store_is_refused_by_name(one: Extraction, reason: str) -> None:
    with pytest.raises(DocumentRejected) as refusal:
        rows(one)
    assert reason in refusal.value.reason
    assert refusal.value.document == one.document.id


def test_an_entity_twice_is_refused() -> None:
    one = extraction()
    entities: tuple[Entity, ...] = (*one.entities, one.entities[0])
    with pytest.raises(DocumentRejected, match="comes twice"):
        rows(replace(one, entities=entities))


def test_a_statement_twice_is_refused() -> None:
    one = extraction()
    statements: tuple[Statement, ...] = one.statements * 2
    with pytest.raises(DocumentRejected, match="comes twice"):
        rows(replace(one, statements=statements))


def test_the_smallest_of_unknown_ends_is_named() -> None:
    one = with_statement(head="wikidata:Q8", tail="wikidata:Q9")
    with pytest.raises(DocumentRejected, match="names wikidata:Q8"):
        rows(one)


def test_one_mention_without_text_is_enough_to_refuse() -> None:
    [good] = extraction(triples=[]).entities[0].mentions
    blank = Mention(start=900, end=901, type="PER")
    with pytest.raises(DocumentRejected, match="no text"):
        rows(with_entity(mentions=(good, blank)))


def test_ids_may_be_so_long_and_are_quoted_in_short() -> None:
    assert rows(with_document(id="x" * MAX_ID_CHARACTERS)).document["id"]
    with pytest.raises(DocumentRejected) as refusal:
        rows(with_document(id="x" * (MAX_ID_CHARACTERS + 1)))
    assert f"'{'x' * 40}'" in refusal.value.reason


def test_the_id_of_evidence_is_a_short_hash() -> None:
    [evidence] = rows(extraction()).evidence
    assert len(evidence["id"]) == 32
