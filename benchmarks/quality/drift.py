"""How often does the drift rule cry wolf, and how often does it see a foreign corpus?

Every DocRED document, and CDR abstracts as the foreign corpus, go through the shipped checkpoint
once; nights are drawn from them at random, thousands of times.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.parts.report import ROOT, data_folder, write
from benchmarks.quality.relations import CHECKPOINT
from corpus.entities.sqlite import SqliteEntityIndex
from extractor.batches import batched
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import LabelledDocument, read_docred
from extractor.datasets.filter_data import CDR_VOCABULARY, read_filter_data
from extractor.pipeline import Extractor
from flows.records import Counts
from flows.reports.drift import MIN_RUNS, RUNS, StoredCounts, drift_of

ABSTRACTS = 200
BATCH = 32
DRAWS = 2000
SIZES = (20, 40, 100)
"""Documents in a night."""
COUNTED = ("processed", "statements", "margin_sum", "entities_linked", "entities_nil")
"""What the rule looks at."""
MIXED = 0.5
"""Share of foreign documents in a night that has both."""


def figures(data: Path) -> dict[str, float]:
    """Draw nights of each size, judge each beside others, and count the alarms."""
    home, foreign = counted(data)
    found: dict[str, float] = {"documents": len(home), "abstracts": len(foreign)}
    for size in SIZES:
        for runs in (MIN_RUNS, RUNS):
            generator = random.Random(size)
            alarms = {"false": 0, "foreign": 0, "half_foreign": 0}
            for _ in range(DRAWS):
                earlier = [night(generator.sample(home, size)) for _ in range(runs)]
                part = round(size * MIXED)
                tonight = {
                    "false": generator.sample(home, size),
                    "foreign": generator.sample(foreign, size),
                    "half_foreign": [
                        *generator.sample(home, size - part),
                        *generator.sample(foreign, part),
                    ],
                }
                for name, documents in tonight.items():
                    alarms[name] += bool(drift_of(night(documents), earlier).alarms)
            for name, count in alarms.items():
                found[f"{name}_alarms_{size}_documents_{runs}_runs"] = count / DRAWS
    return found


def counted(data: Path) -> tuple[list[StoredCounts], list[StoredCounts]]:
    """Return the counts of each document: of DocRED's, and of CDR's."""
    home = read_docred(data / "docred" / "test_unlabelled.json")
    foreign = read_filter_data(data / "cdr" / "train_filter.data", vocabulary=CDR_VOCABULARY)
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "entities.sqlite"
        SqliteEntityIndex.build(index, ROOT / "samples" / "entities.jsonl")
        extractor = Extractor(Checkpoint.from_pretrained(CHECKPOINT), SqliteEntityIndex(index))
        return counts(extractor, home), counts(extractor, foreign[:ABSTRACTS])


def counts(extractor: Extractor, documents: Sequence[LabelledDocument]) -> list[StoredCounts]:
    """Return the counts of each document, read as raw text."""
    found: list[StoredCounts] = []
    raw = [replace(each.document, sentences=(), clusters=()) for each in documents]
    for batch in batched(raw, BATCH):
        for extraction in extractor.extract(batch):
            held = Counts.of_extractions([extraction]).stored()
            found.append({name: held[name] for name in COUNTED})
        print(f"{len(found)} of {len(raw)} documents", flush=True)
    return found


def night(documents: Sequence[StoredCounts]) -> StoredCounts:
    """Return the counts of a run over these documents."""
    return {name: sum(each[name] for each in documents) for name in documents[0]}


if __name__ == "__main__":
    write("drift", figures(data_folder(__doc__)), title="the drift rule")
