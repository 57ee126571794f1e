"""`factloom doctor`: is everything here that a run needs, and if not, what to do."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.settings import Settings
from flows.cli.checks.machine import Check, machine_checks
from flows.cli.checks.services import service_checks

MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


def checks(settings: Settings) -> Iterator[Check]:
    """Yield every check as it is done; some take seconds."""
    yield from machine_checks(settings)
    yield from service_checks(settings)


def doctor(settings: Settings, console: Console) -> int:
    """Print every check as it is done, with its remedy; return how many failed."""
    failed = 0
    for check in checks(settings):
        console.print(_rows(check))
        failed += check.state == "fail"
    console.print(f"{failed} to repair" if failed else "ready", style="bold")
    return failed


def _rows(check: Check) -> Table:
    mark, colour = MARKS[check.state]
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=1)
    rows.add_column(width=13)
    rows.add_column(overflow="fold")
    rows.add_row(Text(mark, colour), Text(check.name), Text(check.detail))
    if check.remedy:
        rows.add_row("", "", Text(f"→ {check.remedy}"))
    return rows
