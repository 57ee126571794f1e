"""Which queries may be sent to a server where only reading is allowed.

The server has the last word: the embedded one by an account that can only read, Neo4j by the access
mode. But no mode of Neo4j keeps a query from files, addresses and the transactions of others, so
that what is not known to read is refused here.

A query is read as a row of operands (values, variables, names, patterns) and of what joins them. A
word right behind an operand cannot be another one, so it is a keyword, and has to be one of those
that read. A word in an operand's place can be anything but the call of an unknown function.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.errors import WriteRefused
from graph.questions.keywords import (
    BEHIND,
    CLAUSES,
    ENDING,
    HINTS,
    KEYWORDS,
    PAIRS,
    PENDING,
    PREFIXES,
    TYPES,
    WRITES,
)
from graph.questions.known import FUNCTIONS, NAMESPACES, PROCEDURES, SHOWN, SHOWN_OF, SLOW
from graph.questions.loops import refuse_endless
from graph.questions.tokens import END, Token, readings, tokens

REMEDY = "put a name that reads like this between back-ticks"


def refuse_writes(cypher: str) -> None:
    """Do nothing for a query that is known to only read the graph.

    Raises:
        WriteRefused: it may do more; the message names what, and what to do.
        GraphRejected: no server could end it at its time limit.
    """
    for reading in readings(cypher):
        found = list(tokens(reading))
        _Reader([END, *found, END, END]).check()
        refuse_endless(found)


class _Reader:
    """Goes through the tokens of a query once."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._found = found
        self._at = 1
        self._clause = True  # a clause must begin here
        self._operand = False  # an operand ends here
        self._hint = False  # between USING and the next keyword

    def check(self) -> None:
        while self._now is not END:
            self._step()

    @property
    def _now(self) -> Token:
        return self._found[self._at]

    @property
    def _next(self) -> Token:
        return self._found[self._at + 1]

    @property
    def _before(self) -> Token:
        return self._found[self._at - 1]

    def _step(self) -> None:
        if self._clause or (self._operand and self._now.kind in ("word", "name")):
            self._keyword()
        elif self._now.kind in ("word", "name"):
            self._word()
        elif self._now.kind == "symbol":
            self._symbol()
        else:
            self._end_operand()

    def _keyword(self) -> None:
        keyword = self._now.keyword
        if keyword not in (CLAUSES if self._clause else KEYWORDS):
            raise WriteRefused(
                f"this query holds {self._now.text.upper()}, which is misspelt or not known to "
                f"only read; only reading is allowed here: {REMEDY}"
            )
        batched = keyword == "IN" and self._before.text == "}"
        self._clause = keyword in ("EXPLAIN", "PROFILE", "UNION")
        self._operand = keyword in ENDING
        self._hint = keyword == "USING"
        self._at += 1
        if (keyword, self._now.keyword) in PAIRS:
            keyword = self._now.keyword
            self._at += 1
        if keyword == "CALL":
            self._call()
        elif keyword == "SHOW":
            self._show()
        elif keyword in ("IS", "NOT") and self._now.text.upper() in ("TYPED", "::"):
            self._at += 1
            self._type()
        elif batched and self._now.keyword == "TRANSACTIONS":
            raise WriteRefused(
                "this query holds IN TRANSACTIONS, which commits on its own; only reading is "
                f"allowed here: leave it out, or {REMEDY}"
            )
        while self._hint and self._now.keyword in HINTS:
            self._at += 1

    def _call(self) -> None:
        """Pass over a procedure's name; a subquery is checked like any other query."""
        if self._now.text in ("(", "{"):
            return
        name = self._chain()
        if name not in PROCEDURES:
            raise WriteRefused(
                f"this query calls the procedure {name or self._now.text}, which is not known to "
                "only read; only reading is allowed here: ask for what it gives with MATCH"
            )
        self._operand = True

    def _show(self) -> None:
        asked = []
        while self._now.keyword and self._now.keyword not in ("YIELD", "WHERE", "RETURN"):
            asked.append(self._now.keyword)
            self._at += 1
        if SHOWN.isdisjoint(asked) or not (SHOWN | SHOWN_OF).issuperset(asked):
            raise WriteRefused(
                f"this query asks for {' '.join(asked) or 'nothing'}; only indexes, constraints, "
                "procedures and functions are shown here: ask the server's administrator"
            )
        self._operand = True

    def _type(self) -> None:
        while (
            self._now.keyword in TYPES
            or self._now.text in ("<", ">")
            or (self._now.text == "|" and self._next.keyword in TYPES)
        ):
            self._at += 1
        self._operand = True

    def _word(self) -> None:
        keyword, before = self._now.keyword, self._before
        if keyword in WRITES and before.keyword in PREFIXES:
            raise _may_write(f"{before.keyword} {keyword}")
        if keyword in WRITES and before.text not in PENDING and self._begins_value():
            raise _may_write(f"{keyword} {self._next.text}")
        if (keyword, self._next.keyword) == ("CASE", "WHEN"):
            self._at += 2
        elif keyword in PREFIXES and before.keyword != "AS" and _begins_operand(self._next):
            self._at += 1
        else:
            name = self._chain()
            if self._now.text == "(":
                if not (self._hint and before.text == ":"):  # the properties of a label
                    _check_function(name, before)
                self._hint = False
            self._operand = True

    def _begins_value(self) -> bool:
        """Tell whether a value may follow a word; what a map has of a variable does not count."""
        following = self._next
        if following.text == "{":
            return self._found[self._at + 2].text != "."
        return following.text in ("[", "$") or following.kind in ("string", "number", "parameter")

    def _chain(self) -> str:
        """Pass over words that points join, and return them."""
        parts = []
        while self._now.kind in ("word", "name"):
            parts.append(self._now.identifier)
            self._at += 1
            if self._now.text != "." or self._next.kind not in ("word", "name"):
                break
            self._at += 1
        return ".".join(parts).lower()

    def _symbol(self) -> None:
        text, before = self._now.text, self._before
        if text == ";" and self._next is not END:
            raise WriteRefused("this is more than one query: ask them one by one")
        starred = text == "*" and (before.kind == "word" or before.text in ("(", ","))
        any_label = text == "%" and before.text in (":", "&", "|", "!", "(")
        repeated = text in ("+", "*") and before.text == ")" and self._next.keyword in BEHIND
        whole = (starred and not self._operand) or any_label or repeated
        self._operand = text in (")", "]", "}") or whole
        self._at += 1
        if text == "{":
            self._clause = self._now.kind == "word" and not self._begins_pattern_or_map()

    def _begins_pattern_or_map(self) -> bool:
        """Tell whether a word behind a bracket is a name or a function's: { p = (a)-->(b) }."""
        called = self._next.text == "(" and self._now.keyword not in CLAUSES | WRITES
        return called or self._next.text in (":", ",", "}", "=")

    def _end_operand(self) -> None:
        self._operand = True
        self._at += 1


def _may_write(words: str) -> WriteRefused:
    return WriteRefused(
        f"this query holds {words}, which may be a clause that writes; only reading is allowed "
        f"here: {REMEDY}"
    )


def _check_function(name: str, before: Token) -> None:
    short = name.removeprefix("apoc.")
    known = name in FUNCTIONS or short.startswith(NAMESPACES)
    if before.text == "." or not known or short in SLOW:
        raise WriteRefused(
            f"this query calls the function {name}, which is not known to only read, and soon; "
            "only reading is allowed here: leave it out"
        )


def _begins_operand(token: Token) -> bool:
    return token.kind != "symbol" or token.text in ("(", "[", "{", "-", "+", "*")
