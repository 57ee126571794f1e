"""Refusing loops that no server ends.

Both servers look at the clock between rows and records, never within an expression: a loop over one
list inside a loop over another goes on long after its transaction was told to end, and so does what
goes through a long range.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import GraphRejected
from graph.questions.known import words
from graph.questions.tokens import END, Token

OPENED, CLOSED = ("(", "[", "{"), (")", "]", "}")
PREDICATES = words("ANY ALL NONE SINGLE FILTER EXTRACT")
FOLDS = words("REDUCE ALLREDUCE")
TELLING = words("NODES RELATIONSHIPS LABELS KEYS SIZE LENGTH IN")
"""Words that a shape keeps."""
LITERAL = re.compile(r"\[[-+1$x.,()]*\]")
PROPERTY = re.compile(r"x(\.x)+|(NODES|RELATIONSHIPS|LABELS|KEYS)\(x(\.x)*\)")
BOUNDED = re.compile(r"([-+/,1]|(SIZE|LENGTH)\(([^()]|\([^()]*\))*\))*")
LONG = 10_000
"""Numbers that a list may hold where an expression goes through it."""


@dataclass(slots=True)
class _Bracket:
    """An open bracket, and the loop in it if it holds one."""

    place: int
    variable: str = ""
    listed: int = 0
    """Where the loop's list begins, until it has ended."""


def refuse_endless(found: Sequence[Token]) -> None:
    """Do nothing for a query whose expressions end soon.

    Raises:
        GraphRejected: a loop in a loop, or a long range.
    """
    tokens = [END, END, *found, END]
    brackets: list[_Bracket] = []
    for place, token in enumerate(tokens):
        inner = brackets[-1] if brackets else None
        ends = token.text in CLOSED
        if inner and inner.listed and (ends or token.text == "|" or token.keyword == "WHERE"):
            _check_list(tokens[inner.listed : place], brackets)
            inner.listed = 0
        if token.text in OPENED:
            brackets.append(_Bracket(place))
        elif inner and ends:
            _check_range(tokens, inner.place, place)
            brackets.pop()
        elif inner and token.keyword == "IN" and _begins_loop(inner, tokens, place):
            inner.variable, inner.listed = tokens[place - 1].identifier, place + 1


def _begins_loop(bracket: _Bracket, tokens: Sequence[Token], place: int) -> bool:
    if bracket.variable:
        return False
    opened, before = tokens[bracket.place], tokens[place - 2]
    called = tokens[bracket.place - 1].keyword
    if opened.text == "(":
        return (called in PREDICATES and before is opened) or (
            called in FOLDS and before.text == ","
        )
    return opened.text == "[" and before is opened


def _check_list(listed: Sequence[Token], brackets: Sequence[_Bracket]) -> None:
    """Let pass within a loop: a list that is written out, or of the loop's own element.

    Within one loop also a property, and what a path or a node has: these are short.
    """
    around = [each.variable for each in brackets[:-1] if each.variable and not each.listed]
    if not around:
        return
    shape = _shape(listed)
    own = _variables(listed) == {around[-1]}
    if not (own or LITERAL.fullmatch(shape) or (len(around) == 1 and PROPERTY.fullmatch(shape))):
        raise GraphRejected(
            f"this query goes through the list {_text(listed)} within a loop over {around[-1]}, "
            "which no server ends at a time limit: UNWIND the lists instead"
        )


def _check_range(tokens: Sequence[Token], opened: int, closed: int) -> None:
    """Let pass a range that is unwound, whose rows are made one by one, or is short."""
    if tokens[opened - 1].identifier.lower() != "range":
        return
    unwound = tokens[opened - 2].keyword == "UNWIND" and tokens[closed + 1].keyword == "AS"
    bounds = tokens[opened + 1 : closed]
    if not unwound and not BOUNDED.fullmatch(_shape(bounds)):
        raise GraphRejected(
            f"this query holds range({_text(bounds)}), which may be longer than any server goes "
            "through within a time limit: UNWIND it, or write its bounds as size(..), or as "
            f"numbers up to {LONG}"
        )


def _shape(tokens: Sequence[Token]) -> str:
    """Return how an expression is built: x for a name, 1 for a short number or a text."""
    return "".join(_form(each) for each in tokens)


def _form(token: Token) -> str:
    match token.kind:
        case "word" | "name":
            return token.keyword if token.keyword in TELLING else "x"
        case "number":
            plain = token.text.replace("_", "")
            return "1" if plain.isdecimal() and float(plain) <= LONG else "9"
        case "string":
            return "1"
        case "parameter":
            return "$"
        case _:
            return token.text


def _variables(tokens: Sequence[Token]) -> set[str]:
    """Return the names and parameters in an expression, without properties and functions."""
    text = [each.text for each in (*tokens, END, END)]
    found = set()
    for place, token in enumerate(tokens):
        if token.kind in ("word", "name", "parameter") and (not place or text[place - 1] != "."):
            last = place
            while text[last + 1] == ".":
                last += 2
            if text[last + 1] != "(":
                found.add(token.identifier)
    return found


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(each.text for each in tokens)
