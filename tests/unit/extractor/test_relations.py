from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import VocabularyRejected
from extractor.names import comparable_name, fold_name
from extractor.relations import RelationVocabulary, TypeConstraint, relationship_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("place of birth", "PLACE_OF_BIRTH"),
        ("head of government (of a state)", "HEAD_OF_GOVERNMENT_OF_A_STATE"),
        ("x`}) DETACH DELETE n //", "X_DETACH_DELETE_N"),
    ],
)
def test_a_relationship_type_is_the_name_in_upper_snake_case(name: str, expected: str) -> None:
    assert relationship_type(name) == expected


@given(st.text(max_size=30))
def test_a_vocabulary_lets_no_other_type_through(name: str) -> None:
    try:
        (type_,) = RelationVocabulary({"P1": name}).types.values()
    except VocabularyRejected:
        return
    assert type_.replace("_", "").isalnum()
    assert type_.isascii()
    assert type_.isupper()


@pytest.mark.parametrize("name", ["", "—", "1st", "from", "mentioned in"])
def test_a_name_that_gives_no_type_is_refused(name: str) -> None:
    with pytest.raises(VocabularyRejected, match="P1"):
        RelationVocabulary({"P1": name})


def test_two_relations_of_one_type_are_refused_and_both_named() -> None:
    with pytest.raises(VocabularyRejected, match=r"P1 and P2 both become PLACE_OF_BIRTH"):
        RelationVocabulary({"P1": "place of birth", "P2": "Place-of-Birth"})


def test_columns_follow_the_order_after_the_threshold_class() -> None:
    relations = RelationVocabulary({"P19": "place of birth", "P17": "country"})
    assert [relations.column(name) for name in ("P19", "P17")] == [1, 2]
    assert len(relations) == 3
    with pytest.raises(VocabularyRejected, match="'P0' is not in the vocabulary of 2"):
        relations.column("P0")


BIRTH = TypeConstraint(head=frozenset({"PER"}), tail=frozenset({"LOC", "ORG"}))
TYPES = st.frozensets(st.sampled_from(["PER", "LOC", "Chemical", "cell-line"]))


def test_a_signature_admits_its_types_and_an_empty_end_any() -> None:
    relations = RelationVocabulary(
        {"P19": "place of birth", "P17": "country"},
        {"P19": BIRTH, "P17": TypeConstraint(tail=frozenset({"LOC"}))},
    )
    assert relations.admits("P19", "PER", "LOC")
    assert not relations.admits("P19", "LOC", "PER")
    assert relations.admits("P17", "NUM", "LOC")
    assert not relations.admits("P17", "LOC", "PER")


def test_a_pair_is_a_candidate_if_any_relation_admits_it() -> None:
    signed = RelationVocabulary({"P19": "place of birth"}, {"P19": BIRTH})
    assert signed.candidate("PER", "ORG")
    assert not signed.candidate("ORG", "PER")
    open_too = RelationVocabulary({"P19": "place of birth", "P17": "country"}, {"P19": BIRTH})
    assert open_too.candidate("ORG", "PER")
    assert open_too.admits("P17", "anything", "else")


def test_a_signature_of_an_unknown_relation_or_type_name_is_refused() -> None:
    with pytest.raises(VocabularyRejected, match="unknown relation P20"):
        RelationVocabulary({"P19": "place of birth"}, {"P20": BIRTH})
    with pytest.raises(VocabularyRejected, match="relation P19: entity type 'a b'"):
        RelationVocabulary(
            {"P19": "place of birth"}, {"P19": TypeConstraint(head=frozenset({"a b"}))}
        )


@given(st.dictionaries(st.sampled_from(["P1", "P2", "P3"]), st.tuples(TYPES, TYPES)))
def test_a_vocabulary_is_read_back_as_it_was_written(
    ends: dict[str, tuple[frozenset[str], frozenset[str]]],
) -> None:
    relations = RelationVocabulary(
        {"P3": "three", "P1": "one", "P2": "two"},
        {relation: TypeConstraint(head=head, tail=tail) for relation, (head, tail) in ends.items()},
    )
    back = RelationVocabulary.from_json(json.loads(json.dumps(relations.to_json())))
    assert back == relations
    assert back.ids == relations.ids


def test_without_signatures_the_json_form_is_id_to_name() -> None:
    assert RelationVocabulary({"P19": "place of birth"}).to_json() == {"P19": "place of birth"}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (3, "English name"),
        ({}, "'name' is missing"),
        ({"name": 3}, "'name' is missing"),
        ({"name": "birth", "types": []}, "unknown field 'types'"),
        ({"name": "birth", "head": "PER"}, "'head' must be a list"),
        ({"name": "birth", "tail": [1]}, "'tail' must be a list"),
        ({"name": "birth", "tail": None}, "'tail' must be a list"),
        ({"name": "birth", "tail": ["a b"]}, "entity type 'a b'"),
    ],
)
def test_an_entry_of_another_form_is_refused(entry: object, reason: str) -> None:
    with pytest.raises(VocabularyRejected, match=f"relation P1: .*{reason}"):
        RelationVocabulary.from_json({"P1": entry})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Zürich", "zurich"),
        ("  U.N.  Charter ", "u n charter"),
        ("Straße", "strasse"),
        ("Apple™", "appletm"),
        ("ℋ", "h"),
        ("—", "—"),
    ],
)
def test_a_folded_name_has_no_case_accents_or_punctuation(name: str, expected: str) -> None:
    assert fold_name(name) == expected


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("The Beatles", "beatles"),
        ("the", "the"),
        ("Thebes", "thebes"),
        ("A Doll's House", "doll s house"),
    ],
)
def test_a_comparable_name_has_no_leading_article(name: str, expected: str) -> None:
    assert comparable_name(name) == expected
