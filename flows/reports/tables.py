"""What an operator sees of a run at Prefect: tables and pages with names, ids and margins. Pure.

Never a sentence of a document: it would outlive the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flows.records import margin_bin
from flows.reports.drift import RUNS, Drift, Watched
from flows.reports.edges import as_written
from flows.reports.ingest_report import IngestReport
from graph.client import NIL
from graph.model.edges import POSSIBLE
from graph.model.records import FailedDocument, FoundEdge

MAX_ROWS = 500
"""Rows of a table of failures; the counts are always whole."""
DOCUMENTS_NAMED = 3
"""Of an edge's, in a report."""
BAR = 30
"""Characters of the longest bar."""
LEVELS = "▁▂▃▄▅▆▇█"


def waiting_rows(failed: Sequence[FailedDocument]) -> list[dict[str, Any]]:
    """Return the table of documents that failed, by id."""
    return [
        {
            "document": each.id,
            "stage": each.stage,
            "error": each.error,
            "attempts": each.attempts,
            "last tried": each.last_tried,
        }
        for each in failed
    ]


def failure_rows(report: IngestReport) -> list[dict[str, str]]:
    """Return the table of what was skipped or failed, by name."""
    skipped = [
        {
            "document": each.document,
            "where": f"{each.source}, {each.place}",
            "stage": "read",
            "error": each.reason,
        }
        for each in report.skipped_records
    ]
    failed = [
        {
            "document": each.document,
            "where": report.source,
            "stage": each.stage,
            "error": each.error,
        }
        for each in report.failures
    ]
    return [*skipped, *failed][:MAX_ROWS]


def summary_rows(report: IngestReport) -> list[dict[str, Any]]:
    """Return the table of counts, rates, and margins by range; what there is none of is left out.

    Prefect shows a column that only some rows need for all: a bar stands beside its figure.
    """
    rates = {
        f"documents per second, {stage}": round(rate, 2) for stage, rate in report.rates().items()
    }
    margins = report.counts.margins
    most = max(margins.values(), default=0)
    bars = {
        f"statements with margin {margin_bin(number)} {'█' * round(BAR * count / most)}": count
        for number, count in sorted(margins.items())
    }
    shown = {**report.counts.labelled(), **rates, **bars}
    return [{"figure": figure, "value": value} for figure, value in shown.items()]


def markdown(report: IngestReport) -> str:
    """Return the report for people who open the run at Prefect."""
    lines = [
        f"# {report.flow.capitalize()} of {_plain(report.source)}: {report.outcome.state.lower()}",
        "",
        *_alarm_lines(report.drift),
        *([f"**{_plain(report.outcome.why)}.**", ""] if report.outcome.why else []),
        f"Checkpoint `{report.checkpoint}`, run `{report.run}`.",
        "",
        f"{', '.join(f'{n} {label}' for label, n in report.counts.labelled().items())}.",
        *(["", f"Left out by the source: {_plain(report.unread)}."] if report.unread else []),
        *_edges("The strongest new edges", report.strongest),
        *_edges("The most doubtful new edges", report.doubtful),
    ]
    return "\n".join(lines) + "\n"


def drift_page(report: IngestReport, drift: Drift) -> str:
    """Return the panel that shows a run beside the runs before it."""
    lines = [
        f"# {_plain(report.source)}: {'far off' if drift.alarms else 'drift'}",
        "",
        *_alarm_lines(drift),
        f"{drift.documents} documents extracted by `{report.checkpoint}`, beside the last {RUNS} "
        "completed runs of this source and checkpoint.",
        "",
    ]
    if drift.unjudged:
        lines += [f"Not judged: {drift.unjudged}.", ""]
    header = ("figure", "this run", "usual", "not far off", "earlier runs, this one last", "")
    rows = [header, *map(_drift_row, drift.figures)]
    filled = [place for place in range(len(header)) if any(row[place] for row in rows[1:])]
    ruled = [rows[0], tuple("---:" if 0 < place < 4 else "---" for place in range(6)), *rows[1:]]
    lines += [f"| {' | '.join(row[place] for place in filled)} |" for row in ruled]
    return "\n".join(lines) + "\n"


def _alarm_lines(drift: Drift | None) -> list[str]:
    if drift is None or not drift.alarms:
        return []
    return [f"**Far off: {'; '.join(each.describe() for each in drift.alarms)}.**", ""]


def _drift_row(watched: Watched) -> tuple[str, ...]:
    now = "" if watched.now is None else f"{watched.now:.2f}"
    usual = allowed = verdict = ""
    if watched.usual is not None:
        low, high = watched.bounds
        usual, allowed = f"{watched.usual:.2f}", f"{low:.2f} to {high:.2f}"
        verdict = "**far off**" if watched.far_off else "as usual" if now else "too few"
    shown = [*watched.earlier, *([] if watched.now is None else [watched.now])]
    return watched.name, now, usual, allowed, _levels(shown), verdict


def _levels(values: Sequence[float]) -> str:
    """Return values as a line of blocks, the highest of them as the highest block."""
    step = max(values, default=0.0) / (len(LEVELS) - 1)
    return "".join(LEVELS[round(each / step) if step else 0] for each in values)


def _edges(title: str, edges: Sequence[FoundEdge]) -> list[str]:
    """Return edges as a list: Prefect cuts the columns of a wide table off, and wraps a list."""
    if not edges:
        return []
    return [
        "",
        f"## {title}",
        "",
        *(
            f"- **{_plain(edge.head_name)}** {edge.type.replace('_', ' ').lower()} "
            f"**{_plain(edge.tail_name)}**: margin {edge.margin:.2f}, probability "
            f"{edge.probability:.2f}{_possible(edge)}, {_origin(edge)}"
            for edge in edges
        ),
    ]


def _origin(edge: FoundEdge) -> str:
    """Return where an edge is from: the documents that say so, and what its ends are linked to."""
    documents = dict.fromkeys(each.document for each in edge.evidence)
    named = ", ".join(map(_code, list(documents)[:DOCUMENTS_NAMED]))
    more = edge.documents - DOCUMENTS_NAMED
    stated = f"said by {named}{f' and {more} more' if more > 0 else ''}"
    linked = " and ".join(_code(end) for end in (edge.head, edge.tail) if not end.startswith(NIL))
    return f"{stated}; linked to {linked}{_links(edge)}" if linked else stated


def _links(edge: FoundEdge) -> str:
    """Return how sure the links of the first evidence are, and what it calls them otherwise."""
    told = []
    for best in edge.evidence[:1]:
        if best.link_confidence < 1:
            told.append(f"{best.link_confidence:.2f}")
        if written := as_written(edge, best):
            told.append(f"as {_plain(written)}")
    return f" ({', '.join(told)})" if told else ""


def _possible(edge: FoundEdge) -> str:
    return " (only possible)" if edge.status == POSSIBLE else ""


def _plain(name: str) -> str:
    """Return a name on one line, of which nothing is Markdown: a link or an image least of all."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(name.split()))


def _code(id_: str) -> str:
    return f"`{' '.join(id_.split()).replace('`', chr(39))}`"
