from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import VocabularyRejected
from extractor.names import comparable_name, fold_name
from extractor.relations import RelationVocabulary, relationship_type


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
