"""Mutants: one small change of the product at a time, which a test ought to notice.

Each runs in a process of its own, forked from one that has loaded what the tests stand on: the
changed module is compiled in the place of the real one, and its tests run until the first fails.
"""

from __future__ import annotations

import ast
import copy
import importlib.util
import io
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

FAILED = {1, 2}
"""What pytest ends with where a test fails, or cannot even be imported."""
PATIENCE_SECONDS = 60
"""A mutant that loops is noticed, too."""

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_ANNOTATIONS = {"annotation", "returns", "decorator_list"}
"""Fields that nothing computes."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change."""

    module: str
    line: int
    change: str
    """What stands there now."""
    code: CodeType


def mutants(module: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, in the order of its text."""
    origin, tree = _parsed(module)
    places = [node for node in _computed(tree) if _changes(node)]
    for node in sorted(places, key=lambda each: (each.lineno, each.col_offset)):
        for changed in _changes(node):
            mutated = copy.deepcopy(_Replaced(node, changed).visit(tree))
            assert isinstance(mutated, ast.Module)
            code = compile(ast.fix_missing_locations(mutated), origin, "exec")
            yield Mutant(module, node.lineno, ast.unparse(changed), code)


def unchanged(module: str) -> Mutant:
    """Return a module as it is."""
    origin, tree = _parsed(module)
    return Mutant(module, 0, "", compile(tree, origin, "exec"))


def killed(mutant: Mutant, tests: Sequence[str]) -> bool:
    """Return whether one of the tests fails on a mutant, or never ends.

    Raises:
        RuntimeError: the tests could not be run at all, which says nothing of the mutant.
    """
    child = os.fork()
    if child == 0:
        code = 3
        try:
            code = _ran(mutant, tests)
        finally:  # whatever happens, the copy of the process ends here
            os._exit(code)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            if code and code not in FAILED:
                raise RuntimeError(f"{mutant.module}: the tests were not run, pytest says {code}")
            return code in FAILED
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def survivors(module: str, tests: Sequence[str], most: int) -> tuple[int, list[Mutant]]:
    """Return how many mutants of a module were tried, at most so many, and which survived.

    Raises:
        RuntimeError: the tests fail on the module as it is: then they would kill anything.
    """
    if killed(unchanged(module), tests):
        raise RuntimeError(f"{module}: its tests fail without any change")
    made = list(mutants(module))
    chosen = made if len(made) <= most else random.Random(module).sample(made, most)
    return len(chosen), [each for each in chosen if not killed(each, tests)]


def _parsed(module: str) -> tuple[str, ast.Module]:
    found = importlib.util.find_spec(module)
    assert found
    assert found.origin
    return found.origin, ast.parse(Path(found.origin).read_text(encoding="utf-8"))


def _computed(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield every expression, but those of annotations and decorators."""
    for name, value in ast.iter_fields(tree):
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST) and name not in _ANNOTATIONS:
                yield from _computed(node)
    if isinstance(tree, ast.expr):
        yield tree


def _changes(node: ast.expr) -> list[ast.expr]:
    """Return what may stand in the place of a node."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=comparators) if type(op) in _COMPARED:
            return [ast.Compare(left=left, ops=[_COMPARED[type(op)]()], comparators=comparators)]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _COMPUTED:
            return [ast.BinOp(left=left, op=_COMPUTED[type(op)](), right=right)]
        case ast.BoolOp(op=op, values=values):
            other = ast.And() if isinstance(op, ast.Or) else ast.Or()
            return [ast.BoolOp(op=other, values=values)]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return [operand]
        case ast.Constant(value=bool(value)):
            return [ast.Constant(value=not value)]
        case ast.Constant(value=int(value) | float(value)):
            return [ast.Constant(value=value + 1)]
        case ast.Name(id=name, ctx=context) if name in _CALLED:
            return [ast.Name(id=_CALLED[name], ctx=context)]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case _:
            return []


class _Replaced(ast.NodeTransformer):
    """A tree in which one node is another."""

    def __init__(self, old: ast.AST, new: ast.expr) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self._old:
            return self._new
        made = copy.copy(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                items = [self.visit(each) if isinstance(each, ast.AST) else each for each in value]
                setattr(made, name, items)
            elif isinstance(value, ast.AST):
                setattr(made, name, self.visit(value))
        return made


class _InItsPlace(MetaPathFinder, Loader):
    """Gives the mutant to whoever imports the module."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._mutant.code, module.__dict__)  # noqa: S102 - our own module, changed


def _ran(mutant: Mutant, tests: Sequence[str]) -> int:
    import pytest

    sys.meta_path.insert(0, _InItsPlace(mutant))
    sink = io.StringIO()
    with redirect_stdout(sink), redirect_stderr(sink):
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        return int(pytest.main([*options, *tests]))
