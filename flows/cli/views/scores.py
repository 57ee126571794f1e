"""Scores of a checkpoint, in the form of `scores.json`, at the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

TRUST = {
    "ece": "calibration error (ECE), probability >= 0.05",
    "ece_asserted": "calibration error (ECE), asserted",
    "brier": "Brier score, probability >= 0.05",
    "auprc": "area under precision and recall",
    "risk_coverage": "area under risk and coverage, asserted",
}
EVIDENCE = {
    "evidence": "evidence, given gold triples",
    "evidence_baseline": "  sentences with both arguments",
    "evidence_attention": "  attention over 0.2, untuned",
}


def show_scores(console: Console, scores: Mapping[str, Any]) -> None:
    """Print scores: of relations, evidence and mentions, then how far they can be trusted."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("score", no_wrap=True)
    for name in ("precision", "recall", "F1"):
        table.add_column(name, justify="right")
    for name, score in _rows(scores):
        table.add_row(name, *(f"{score[part]:.4f}" for part in ("precision", "recall", "f1")))
    console.print(table)
    if relations := scores["relations"]:
        console.print()
        console.print(_trust(relations))


def _rows(scores: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, float]]]:
    if relations := scores["relations"]:
        yield "relations", relations["f1"]
        if relations["ign_f1"]:
            yield "relations, Ign", relations["ign_f1"]
    if compared := scores.get("compared"):
        yield f"relations, {compared['checkpoint']}", compared["relations"]["f1"]
    # The baseline finds something wherever a person marked anything.
    if relations and relations["trust"]["evidence_baseline"]["f1"]:
        for key, name in EVIDENCE.items():
            yield name, relations["trust"][key]
    if mentions := scores["mentions"]:
        yield "mentions, span", mentions["span"]
        yield "mentions, span and type", mentions["typed"]


def _trust(relations: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("trust", no_wrap=True)
    table.add_column("value", justify="right")
    for key, name in TRUST.items():
        value = relations["trust"][key]
        table.add_row(name, "-" if value is None else f"{value:.4f}")
    table.add_row("pairs that no window shows, not scored", f"{relations['unscored_pairs']:,}")
    return table
