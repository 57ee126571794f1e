"""Having the embedded server load the relationships that a query reads.

It loads none whose variable stands only in the braces of another pattern, as in `MATCH (h)-[r]->(t)
MATCH (v:Evidence {relation: r.id})`: its properties count as missing, and nothing is found, without
an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.questions.keywords import CLAUSES, JOINING, PREFIXES
from graph.questions.tokens import END, Token, tokens

LOADING = "WITH * WHERE {name} IS NULL OR {name} IS NOT NULL "
"""Always true, and a place that counts as reading."""
NO_CLAUSE_BEHIND = JOINING | PREFIXES


@dataclass(frozen=True, slots=True)
class _Placed:
    """A token with its neighbours, and the braces around it."""

    before: Token
    token: Token
    after: Token
    braces: tuple[bool, ...]
    """Of each brace that is open, from the outermost: whether it holds the properties of a pattern,
    not a subquery or a projection."""

    @property
    def in_properties(self) -> bool:
        return self.braces[-1:] == (True,)

    @property
    def is_variable(self) -> bool:
        """Whether it may stand for a variable, not for a property, a label or a key."""
        named = self.token.kind in ("word", "name")
        label = self.before.text == ":" and not self.in_properties
        return named and self.before.text != "." and not label and not self._is_key

    @property
    def _is_key(self) -> bool:
        return self.in_properties and self.after.text == ":" and self.before.text in ("{", ",")

    @property
    def begins_clause(self) -> bool:
        """Whether it is the first word of a clause, behind the end of another."""
        ends = self.before.kind != "symbol" or self.before.text in (")", "]", "}")
        follows = self.before.keyword not in NO_CLAUSE_BEHIND
        return self.token.keyword in CLAUSES and ends and follows


def with_relationships_loaded(cypher: str) -> str:
    """Return a query that reads outside braces, too, what it reads of a relationship inside them.

    A `WITH * WHERE` that is always true is put behind the clause that finds the relationship.
    """
    found = list(_placed(list(tokens(cypher))))
    put = [(start, name) for name, start in _unloaded(found)]
    for start, name in sorted(put, reverse=True):
        cypher = cypher[:start] + LOADING.format(name=name) + cypher[start:]
    return cypher


def _placed(found: Sequence[Token]) -> Iterator[_Placed]:
    braces: tuple[bool, ...] = ()
    for number, token in enumerate(found):
        before = found[number - 1] if number else END
        after, second = [*found[number + 1 : number + 3], END, END][:2]
        if token.text == "}":
            braces = braces[:-1]
        yield _Placed(before, token, after, braces)
        if token.text == "{":
            braces = (*braces, second.text == ":")


def _unloaded(found: Sequence[_Placed]) -> Iterator[tuple[str, int]]:
    """Yield each relationship that is read in properties only, and where its clause ends."""
    inside, outside = set(), set()
    declared: dict[str, int] = {}
    for number, each in enumerate(found):
        if not each.is_variable:
            continue
        name = each.token.identifier
        if each.before.text == "[" and number > 1 and found[number - 2].token.text == "-":
            declared.setdefault(name, number)
        elif each.in_properties:
            inside.add(name)
        else:
            outside.add(name)
    for name, number in declared.items():
        behind = (
            each.token.start
            for each in found[number:]
            if each.braces == found[number].braces and each.begins_clause
        )
        if name in inside - outside and (start := next(behind, None)):
            yield found[number].token.text, start
