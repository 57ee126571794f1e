"""Does a document that nobody wrote cost more than its own time, or the documents beside it?

Every shape of `benchmarks/safety/parts/hostile_shapes.py`, small and large, is extracted in a batch
of plain documents, whose results must be what they are without it; the large ones once more, to be
stopped in the middle. Then an ingest of plain and hostile documents is asked to stop (SIGTERM) at
several moments: it has to end soon, and what it had extracted has to be in the graph. Exits with 1
where one of these does not hold.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.parts.processes import local_environment
from benchmarks.parts.report import ROOT, data_folder, write
from benchmarks.safety.parts.hostile_shapes import (
    SHAPES,
    blanks,
    combining_marks,
    endless_word,
    newlines,
    paragraphs,
)
from corpus.files.source import FileSource
from extractor.errors import DocumentRejected, Stopped
from extractor.pipeline import Extractor
from extractor.schema import Document, Extraction
from flows.components import close_components, components

SMALL, LARGE, HUGE = 20_000, 100_000, 1_000_000
"""Characters."""
CHEAP = (blanks, combining_marks, endless_word, newlines)
"""Shapes that are also tried huge: there is little in them."""
PLAIN = 7
"""Documents beside a hostile one."""
MARGIN_STEP = 1.5e-4
"""Margins have four decimals, and documents in other batches may move the last one."""
STOPS = (0.5, 4.0, 12.0)
"""Seconds after the first batch is written when an ingest is asked to stop."""
SLOWEST_SECONDS, MOST_GB, STOP_SECONDS = 20.0, 1.5, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a batch with a hostile document in it."""

    seconds: float
    refused: bool
    equal: bool
    """Whether its plain documents came out as without it."""


def hostile() -> Iterator[tuple[str, int, Document]]:
    """Yield the hostile documents: shape, size in characters, document."""
    for shape in SHAPES:
        for size in (SMALL, LARGE, *((HUGE,) if shape in CHEAP else ())):
            yield shape.__name__, size, _document(f"{shape.__name__}-{size}", shape(size))


def _document(name: str, text: str) -> Document:
    return Document(
        id=f"hostile:{name}",
        source="hostile",
        title="",
        text=text,
        updated_at="2026-11-01T00:00:00Z",
    )


def plain(data: Path) -> list[Document]:
    """Return documents as people write them, without what is known of them."""
    [page, *_] = FileSource("plain", data / "redocred" / "dev_revised.json", gold=False).pages("")
    found = [record for record in page.records if isinstance(record, Document)]
    return [replace(document, sentences=()) for document in found[: PLAIN + 1]]


def tried(
    extractor: Extractor, document: Document, beside: Sequence[Document], want: Sequence[Extraction]
) -> Tried:
    """Extract a document in the middle of others."""
    middle = len(beside) // 2
    batch = [*beside[:middle], document, *beside[middle:]]
    started = time.perf_counter()
    found = extractor.attempt(batch)
    seconds = time.perf_counter() - started
    own = found.pop(middle)
    return Tried(
        seconds=seconds,
        refused=isinstance(own, DocumentRejected),
        equal=all(_same(one, other) for one, other in zip(found, want, strict=True)),
    )


def _same(one: Extraction | DocumentRejected, other: Extraction) -> bool:
    if isinstance(one, DocumentRejected):
        return False
    ours, theirs = (
        {(each.head, each.relation, each.tail): each.margin for each in extraction.statements}
        for extraction in (one, other)
    )
    near = all(
        abs(ours.get(key, 0.0) - theirs.get(key, 0.0)) <= MARGIN_STEP
        for key in ours.keys() | theirs.keys()
    )
    return near and one.entities == other.entities


def stop_seconds(
    extractor: Extractor, document: Document, beside: Sequence[Document], after: float
) -> float:
    """Return how long an extraction goes on that is asked to stop after so many seconds."""
    asked_at = time.perf_counter() + after
    try:
        extractor.attempt([*beside, document], lambda: time.perf_counter() >= asked_at)
    except Stopped:
        return time.perf_counter() - asked_at
    return max(0.0, time.perf_counter() - asked_at)


def ingest_stopped(folder: Path, beside: Sequence[Document]) -> tuple[float, int]:
    """Stop ingests of plain and hostile documents; return the longest wait, and what was lost.

    Lost are documents of a batch that was told to be written and is not in the graph.
    """
    path = folder / "documents.jsonl"
    texts = [each.text for each in beside] + [document.text for *_, document in hostile()]
    lines = (json.dumps({"id": str(n), "text": text}) for n, text in enumerate(texts))
    path.write_text("\n".join(lines), encoding="utf-8")
    slowest, lost = 0.0, 0
    for number, after in enumerate(STOPS):
        environment = local_environment(folder / str(number)) | {
            "FACTLOOM_RUN__BATCH_DOCUMENTS": str(len(beside)),
            "FACTLOOM_EXTRACTOR__LANGUAGES": "all",
            "PREFECT_LOGGING_LEVEL": "INFO",  # else the terminal tells of no batch
        }
        command = [str(Path(sys.executable).with_name("factloom"))]
        log = folder / f"{number}.log"
        with (
            log.open("w") as output,
            subprocess.Popen(
                [*command, "ingest", str(path), "--name", "hostile"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            ) as process,
        ):
            while "batch documents=" not in log.read_text():
                if process.poll() is not None:
                    raise SystemExit(f"the ingest ended by itself: {log.read_text()[-3000:]}")
                time.sleep(0.1)
            time.sleep(after)
            process.terminate()
            started = time.perf_counter()
            process.wait()
        slowest = max(slowest, time.perf_counter() - started)
        lost += _lost(log.read_text(), command, environment)
    return slowest, lost


def _lost(told: str, command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Return how many of the documents that were told to be written are not in the graph."""
    written = sum(int(number) for number in re.findall(r"batch documents=(\d+) ", told))
    query = "MATCH (d:Document) RETURN count(d) AS found"
    asked = [*command, "query", query, "--json"]
    found = subprocess.run(
        asked, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=True
    )
    subprocess.run([*command, "down"], cwd=ROOT, env=dict(environment), check=True)
    return written - int(json.loads(found.stdout.splitlines()[0])["found"])


def peak_gb() -> float:
    """Return the largest resident memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def main() -> None:
    """Extract every shape among plain documents, then stop ingests of all of them."""
    data = data_folder(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        local = local_environment(Path(folder))
        os.environ |= {name: value for name, value in local.items() if name.startswith("FACTLOOM_")}
        close_components()
        extractor = components().extractor
        beside = plain(data)
        want = extractor.extract(beside)
        extractor.extract(beside)
        usual = peak_gb()
        results: dict[tuple[str, int], Tried] = {}
        stops: list[float] = []
        for shape, size, document in hostile():
            found = tried(extractor, document, beside, want)
            results[shape, size] = found
            if size > SMALL:
                stops.append(stop_seconds(extractor, document, beside, found.seconds / 2))
            print(f"{shape}, {size:,}: {found}", flush=True)
        above = peak_gb() - usual
        slowest_stop, lost = ingest_stopped(Path(folder), beside)
    figures = {
        "documents": len(results),
        "shapes": len(SHAPES),
        "slowest_s": max(each.seconds for each in results.values()),
        "slowest_small_s": max(
            each.seconds for (_, size), each in results.items() if size == SMALL
        ),
        "prose_s": results[paragraphs.__name__, LARGE].seconds,
        "gb_above_plain_run": above,
        "stop_s": max(*stops, slowest_stop),
        "refused": sum(each.refused for each in results.values()),
        "batches_equal": sum(each.equal for each in results.values()),
        "lost": lost,
    }
    write("hostile_documents", figures, title="hostile documents")
    if not (
        figures["batches_equal"] == len(results)
        and figures["slowest_s"] <= SLOWEST_SECONDS
        and above <= MOST_GB
        and figures["stop_s"] <= STOP_SECONDS
        and not lost
    ):
        sys.exit("a hostile document cost more than its own time")


if __name__ == "__main__":
    main()
