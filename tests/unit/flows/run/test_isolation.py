"""One bad document never stops its batch."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractor.errors import DocumentRejected
from flows.records import Failure
from flows.run.isolation import isolate
from graph.errors import GraphUnavailable


class Stage:
    """Acts on names; fails on some of them."""

    def __init__(self, *bad: str, error: type[Exception] = ValueError) -> None:
        self.bad = set(bad)
        self.error = error
        self.calls = 0

    def __call__(self, names: Sequence[str]) -> list[str]:
        self.calls += 1
        for name in names:
            if name in self.bad:
                raise self.error(f"the text of {name}")
        return [name.upper() for name in names]


class NamesTheDocument(Stage):
    """Fails as the extractor does, naming the document."""

    def __call__(self, names: Sequence[str]) -> list[str]:
        self.calls += 1
        for name in names:
            if name in self.bad:
                raise DocumentRejected(name, "too long")
        return [name.upper() for name in names]


def run(names: Sequence[str], act: Stage) -> tuple[list[str], list[Failure]]:
    results, failures = isolate(names, act, stage="extract", document=str)
    return [each for result in results for each in result], failures


def test_a_batch_without_failures_is_one_call() -> None:
    act = Stage()
    assert run("abcdefgh", act) == (list("ABCDEFGH"), [])
    assert act.calls == 1


def test_no_documents_are_no_call() -> None:
    act = Stage()
    assert run("", act) == ([], [])
    assert act.calls == 0


@pytest.mark.parametrize("bad", ["a", "h", "ad", "abcdefgh", "ceg"])
def test_only_the_failing_documents_fall_out(bad: str) -> None:
    done, failures = run("abcdefgh", Stage(*bad))
    assert done == [each.upper() for each in "abcdefgh" if each not in bad]
    assert [each.document for each in failures] == list(bad)


def test_a_failure_names_its_stage_but_quotes_no_foreign_message() -> None:
    _, [failure] = run("abc", Stage("b"))
    assert failure.stage == "extract"
    assert failure.error.startswith("ValueError at test_isolation.py:")
    assert "text of b" not in failure.error


def test_a_rejection_that_names_its_document_costs_one_more_call() -> None:
    act = NamesTheDocument("c")
    done, failures = run("abcdefgh", act)
    assert done == list("ABDEFGH")
    assert failures == [Failure(document="c", stage="extract", error="too long")]
    assert act.calls == 2


def test_no_document_is_blamed_for_a_service_that_is_away() -> None:
    act = Stage("b", error=GraphUnavailable)
    with pytest.raises(GraphUnavailable):
        run("abcd", act)
    assert act.calls == 1
