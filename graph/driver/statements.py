"""The graph's Cypher: one file per statement, loaded by name."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

FROM_HEAD = "(h)-[e]->(t)"
FROM_TAIL = "(t)<-[e]-(h)"
"""The same edge, sought from either end: the server starts at the end that is written first."""


@cache
def load_statement(
    name: str, *, label: str = "", types: tuple[str, ...] = (), hop: str = ""
) -> str:
    """Return a statement by name, its places for a label, relationship types or a hop filled in.

    Labels and types cannot be parameters in the Cypher that both servers speak. They come from the
    closed lists of `graph.model.entities.LABELS` and the relation vocabulary, never from a
    document.

    Raises:
        ValueError: a label or type that is no plain identifier.
    """
    text = (files("graph") / "cypher" / f"{name}.cypher").read_text(encoding="utf-8")
    return (
        text.replace("__LABEL__", _identifier(label))
        .replace("__BY_TYPE__", _by_type(types))
        .replace("__HOP__", hop)
    )


def load_all(name: str) -> list[str]:
    """Return the statements of a file that holds several, each ended by a semicolon."""
    code = re.sub(r"^//.*$", "", load_statement(name), flags=re.MULTILINE)
    return [statement.strip() for statement in code.split(";") if statement.strip()]


def _by_type(types: tuple[str, ...]) -> str:
    """Return clauses that create edges of some types; a row's `type` is its place among them."""
    return "\n".join(
        f"FOREACH (p IN CASE r.type WHEN {place} THEN [r.props] ELSE [] END | "
        f"CREATE (h)-[e:{_identifier(type_)}]->(t) SET e = p)"
        for place, type_ in enumerate(types)
    )


def _identifier(name: str) -> str:
    if name and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise ValueError(f"{name!r} is neither a label nor a relationship type")
    return f"`{name}`"
