"""How good are the shipped checkpoint's mentions on documents that it has not seen?"""

from __future__ import annotations

from pathlib import Path

from benchmarks.parts.report import data_folder, write
from benchmarks.quality.relations import CHECKPOINT
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import read_docred
from extractor.evaluation.scores import evaluate_mentions


def figures(data: Path) -> dict[str, float]:
    """Score the checkpoint on Re-DocRED dev: strict spans, then spans with their types."""
    checkpoint = Checkpoint.from_pretrained(CHECKPOINT)
    documents = read_docred(data / "redocred" / "dev_revised.json")
    span, typed = evaluate_mentions(checkpoint, documents)
    return {"f1_span": span.f1, "f1_typed": typed.f1, "documents": len(documents)}


if __name__ == "__main__":
    write("mentions", figures(data_folder(__doc__)), title="mentions from raw text")
