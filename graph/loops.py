"""Refusing loops that no server ends.

Both servers look at the clock between rows and records, never within an expression: a loop over one
list inside a loop over another goes on long after its transaction was told to end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import GraphRejected
from graph.tokens import Token

OPENED, CLOSED = ("(", "[", "{"), (")", "]", "}")
PREDICATES = ("ANY", "ALL", "NONE", "SINGLE")
FOLDS = ("REDUCE", "ALLREDUCE")
LONG = 10_000
"""Numbers that a list may hold where an expression goes through it."""


@dataclass(slots=True)
class _Bracket:
    """An open bracket, and the loop in it if it holds one."""

    opened: str
    before: str
    variable: str = ""
    listing: bool = False
    own: bool = False
    """Whether its list comes from the element of a loop around it."""


def refuse_endless(tokens: Sequence[Token]) -> None:
    """Do nothing for a query whose expressions end soon.

    Raises:
        GraphRejected: a loop in a loop, or over a long range.
    """
    brackets: list[_Bracket] = []
    for place, token in enumerate(tokens):
        text, inner = token.text, brackets[-1] if brackets else None
        if text in OPENED:
            brackets.append(_Bracket(text, tokens[place - 1].keyword if place else ""))
        elif inner and inner.listing and (text == "|" or token.keyword == "WHERE"):
            _end_list(brackets)
        elif inner and text in CLOSED:
            if inner.listing:
                _end_list(brackets)
            brackets.pop()
        elif inner and token.keyword == "IN" and _begins_loop(inner, tokens, place):
            inner.variable, inner.listing = tokens[place - 1].identifier, True
        elif token.kind == "number":
            _refuse_long(token, brackets)
        elif token.kind in ("word", "name"):
            around = {each.variable for each in brackets if not each.listing}
            for each in brackets:
                each.own |= each.listing and token.identifier in around


def _begins_loop(bracket: _Bracket, tokens: Sequence[Token], place: int) -> bool:
    before = tokens[place - 2].text
    if bracket.variable:
        return False
    if bracket.opened == "(":
        return (bracket.before in PREDICATES and before == "(") or (
            bracket.before in FOLDS and before == ","
        )
    return bracket.opened == before == "["


def _end_list(brackets: Sequence[_Bracket]) -> None:
    *around, loop = brackets
    loop.listing = False
    if not loop.own and any(each.variable and not each.listing for each in around):
        raise GraphRejected(
            "this query goes through one list within a loop over another, which no server ends at "
            "a time limit: UNWIND the lists instead"
        )


def _refuse_long(number: Token, brackets: Sequence[_Bracket]) -> None:
    *around, inner = brackets or [_Bracket("", "")]
    listed = inner.before == "RANGE" and any(each.listing for each in around)
    if listed and (not number.text.isdecimal() or int(number.text) > LONG):
        raise GraphRejected(
            f"this query goes through a range up to {number.text} within an expression, which no "
            f"server ends at a time limit: UNWIND it, or stay within {LONG}"
        )
