from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.schema import ENTITY_TYPES, Cluster, Mention

BAD_TYPES = ["", "a b", ")-[", "1st", "_x", "-", "é", "PER\n", "x" * 41, None, 7]


@pytest.mark.parametrize("name", [*ENTITY_TYPES, "Chemical", "cell-line", "cell_line2", "x" * 40])
def test_any_name_may_be_an_entity_type(name: str) -> None:
    mention = Mention(start=0, end=1, type=name)
    assert Cluster(type=name, mentions=(mention,)).mentions[0].type == name


@pytest.mark.parametrize("name", BAD_TYPES)
def test_what_is_no_name_is_refused_as_a_type(name: str) -> None:
    mention = Mention(start=0, end=1, type="PER")
    with pytest.raises(ValueError, match="entity type"):
        Mention(start=0, end=1, type=name)
    with pytest.raises(ValueError, match="entity type"):
        Cluster(type=name, mentions=(mention,))


@given(st.text(max_size=6))
def test_a_type_holds_nothing_but_letters_digits_and_dashes(name: str) -> None:
    try:
        Mention(start=0, end=1, type=name)
    except ValueError:
        return
    assert name.isascii()
    assert name[0].isalpha()
    assert name.replace("_", "").replace("-", "").isalnum()
