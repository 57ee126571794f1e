"""Cypher by name, and nothing in it that a document could have said."""

from __future__ import annotations

from pathlib import Path

import pytest

import graph
from graph.driver.statements import FROM_HEAD, load_all, load_statement

NAMES = sorted(path.stem for path in (Path(graph.__file__).parent / "cypher").glob("*.cypher"))


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_is_used(name: str) -> None:
    sources = Path(graph.__file__).parent.rglob("*.py")
    assert any(f'"{name}"' in source.read_text() for source in sources)


@pytest.mark.parametrize("name", NAMES)
def test_every_place_is_filled_in(name: str) -> None:
    assert "__" not in load_statement(
        name, label="Person", types=("PLACE_OF_BIRTH",), hop=FROM_HEAD
    )


def test_types_are_back_ticked() -> None:
    assert "[e:`PLACE_OF_BIRTH`]" in load_statement("create_edges", types=("PLACE_OF_BIRTH",))


@pytest.mark.parametrize("name", ["A`B", "A B", "A]->() DELETE n //", "1A", "Ä"])
def test_what_is_no_identifier_never_reaches_the_cypher(name: str) -> None:
    with pytest.raises(ValueError, match="neither a label nor a relationship type"):
        load_statement("create_edges", types=("P19", name))


def test_a_file_of_several_statements_is_split() -> None:
    statements = load_all("constraints")
    assert len(statements) == 14
    assert all(statement.startswith("CREATE ") for statement in statements)
    assert all("IF NOT EXISTS" in statement for statement in statements)
