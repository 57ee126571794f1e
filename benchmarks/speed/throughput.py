"""What does it cost to read and write, beside extracting? An ingest, and extraction alone.

The same documents in the same batches: once through the flow (a file is read, the graph written),
once from memory through the same extractor, and nothing else. Both in one process with the model
loaded, in turns; medians. On a real Neo4j, then on the embedded server; all share the cores
with Prefect's API.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.parts.report import write
from benchmarks.speed.parts.ingest_runs import (
    embedded_graph,
    empty_graph,
    ingest_file,
    neo4j_graph,
    prefect_api,
)
from corpus.files.source import FileSource
from extractor.batches import batched
from extractor.schema import Document, Extraction
from flows.components import components
from graph.model.records import RunInfo

DOCUMENTS = 160
ROUNDS = 3
WARM_WRITES = 8
WARMING = RunInfo(
    id="warm-up", flow="bench", checkpoint="bench@0", config_hash="", git_sha="", started_at=""
)


def sample(data: Path, folder: Path, documents: int, part: int = 0) -> Path:
    """Write so many of the unlabelled documents into a file; another part, other documents."""
    records = json.loads((data / "docred" / "test_unlabelled.json").read_text(encoding="utf-8"))
    chosen = records[part * documents : (part + 1) * documents]
    if len(chosen) < documents:
        raise SystemExit(f"there are no {documents} documents for part {part}: ask for fewer")
    path = folder / f"documents-{part}.json"
    path.write_text(json.dumps(chosen), encoding="utf-8")
    return path


def extraction_alone(path: Path) -> tuple[float, list[list[Extraction]]]:
    """Return the seconds that the extractor takes for what a file holds, and what it finds."""
    source = FileSource("bench", path, gold=False)
    records = [record for page in source.pages("") for record in page.records]
    documents = [record for record in records if isinstance(record, Document)]
    extractor = components().extractor
    started = time.perf_counter()
    found = [
        extractor.extract(batch)
        for batch in batched(documents, components().settings.run.batch_documents)
    ]
    return time.perf_counter() - started, found


def warm_up(path: Path) -> None:
    """Let the model and the graph server do what they will be asked for.

    A fresh server compiles for its first minute, which a night's run would not meet.
    """
    _, found = extraction_alone(path)
    parts = components()
    for _ in range(WARM_WRITES):
        empty_graph()
        writer = parts.writer(WARMING)
        writer.start_run()
        for batch in found:
            writer.upsert(batch)


def measured(paths: Sequence[Path]) -> dict[str, float]:
    """Measure both in turns; the first file's documents are in the graph before, and warm it up.

    Others come to them, as in a night: a graph that grows from nothing plans its queries anew
    again and again.
    """
    warm_up(paths[0])
    alone, whole, stages = [], [], []
    processed = 0
    for path in paths[1:]:
        (seconds, _), report = extraction_alone(path), ingest_file(path)
        processed = report.counts.processed
        rate = processed / report.elapsed
        print(f"alone {processed / seconds:.2f}, ingest {rate:.2f} docs/s", flush=True)
        alone.append(processed / seconds)
        whole.append(rate)
        stages.append({name: 1 / each for name, each in report.rates().items()})
    middle = {name: statistics.median(each[name] for each in stages) for name in stages[0]}
    return {
        "share_of_extraction": statistics.median(whole) / statistics.median(alone),
        "docs_per_s": statistics.median(whole),
        "extraction_docs_per_s": statistics.median(alone),
        "documents": processed,
        **{f"{name}_ms_per_document": 1000 * spent for name, spent in middle.items()},
    }


def main() -> None:
    """Measure on this machine: on its GPU, where it has one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="to ingest")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the median counts")
    given = parser.parse_args()
    figures: dict[str, float] = {}
    with prefect_api() as home:
        parts = range(given.rounds + 1)
        paths = [sample(given.data, home, given.documents, part) for part in parts]
        for graph, suffix in ((neo4j_graph, ""), (embedded_graph, "_embedded")):
            with graph(home):
                found = measured(paths)
            figures |= {f"{name}{suffix}": value for name, value in found.items()}
        name = "throughput_gpu" if components().device() == "cuda" else "throughput"
    write(name, figures, title="the whole path beside extraction alone")


if __name__ == "__main__":
    main()
