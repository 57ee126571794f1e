"""How good are the shipped checkpoint's relations on gold mentions that it has not seen?"""

from __future__ import annotations

from pathlib import Path

from benchmarks.report import ROOT, data_folder, write
from extractor.checkpoint import Checkpoint
from extractor.docred import read_docred
from extractor.evaluation import evaluate_relations
from extractor.splits import split_documents

CHECKPOINT = ROOT / "models" / "factloom-minilm"


def figures(data: Path) -> dict[str, float]:
    """Score the checkpoint on the held-out fifth of Re-DocRED dev."""
    split = split_documents(read_docred(data / "redocred" / "dev_revised.json"))
    scores = evaluate_relations(
        Checkpoint.from_pretrained(CHECKPOINT), split.held_out, training_documents=split.train
    )
    return {
        "f1": scores.f1.f1,
        "ign_f1": scores.ign_f1.f1,
        "precision": scores.f1.precision,
        "recall": scores.f1.recall,
        "documents": scores.documents,
    }


if __name__ == "__main__":
    write("relations", figures(data_folder(__doc__)), title="relations on gold mentions")
