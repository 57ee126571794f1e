"""How good are the shipped checkpoint's relations on gold mentions that it has not seen?"""

from __future__ import annotations

from pathlib import Path

from benchmarks.parts.report import ROOT, data_folder, write
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import read_docred
from extractor.datasets.splits import split_documents
from extractor.evaluation.scores import RelationScores, evaluate_relations

CHECKPOINT = ROOT / "models" / "factloom-minilm"


def scores(data: Path) -> RelationScores:
    """Score the checkpoint on the held-out fifth of Re-DocRED dev."""
    split = split_documents(read_docred(data / "redocred" / "dev_revised.json"))
    return evaluate_relations(
        Checkpoint.from_pretrained(CHECKPOINT), split.held_out, training_documents=split.train
    )


def figures(data: Path) -> dict[str, float]:
    """Return the figures of the relations themselves; `atlop_trust` has the others."""
    found = scores(data)
    return {
        "f1": found.f1.f1,
        "ign_f1": found.ign_f1.f1,
        "precision": found.f1.precision,
        "recall": found.f1.recall,
        "documents": found.documents,
    }


if __name__ == "__main__":
    write("relations", figures(data_folder(__doc__)), title="relations on gold mentions")
