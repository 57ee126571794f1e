"""Showing a run at Prefect: tables, pages, progress, events.

None of it has a right to fail a run, or to change how it ends: what a server that is away does not
take is logged, and the run goes on. The graph and the state of the run tell the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.redaction import describe
from flows.run.patience import hurried

RETRIES = 3
"""Of a table or a page. Fewer than Prefect's own: each waits longer than the one before it, and a
run leaves several, so that a store that is down would hold its end up for long."""

log = logging.getLogger(__name__)


@contextmanager
def showing(what: str) -> Iterator[None]:
    """Show something in the context; where that fails, say so and go on."""
    try:
        yield
    except Exception as error:
        log.warning("not shown at Prefect: %s (%s)", what, describe(error))


def show_table(key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store a table with the run."""
    with showing(key), hurried(RETRIES):
        create_table_artifact(table=[dict(row) for row in rows], key=key)


def show_page(key: str, markdown: str) -> None:
    """Store a page of Markdown with the run."""
    with showing(key), hurried(RETRIES):
        create_markdown_artifact(markdown=markdown, key=key)
