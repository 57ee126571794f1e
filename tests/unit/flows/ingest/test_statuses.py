"""Edges follow a changed setting before anything is read, unless somebody stops the run."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from prefect.logging import disable_run_logger

from flows.ingest.statuses import NOTHING, follow_setting
from graph.model.records import UpsertReport


def run(*, dry: bool = False, stopped: bool = False) -> Any:
    """Return a run whose writer has three transactions to follow the setting with."""

    def transactions() -> Iterator[UpsertReport]:
        assert not dry, "a dry run writes nothing"
        yield from (UpsertReport(edges_changed=number) for number in (1, 2, 4))

    return SimpleNamespace(
        dry_run=dry,
        writer=SimpleNamespace(follow_setting=transactions),
        interruption=SimpleNamespace(requested=lambda: stopped),
    )


def test_all_transactions_count() -> None:
    with disable_run_logger():
        assert follow_setting(run()) == UpsertReport(edges_changed=7)


def test_it_stops_between_two_transactions() -> None:
    with disable_run_logger():
        assert follow_setting(run(stopped=True)) == UpsertReport(edges_changed=1)


def test_a_dry_run_follows_nothing() -> None:
    assert follow_setting(run(dry=True)) == NOTHING
