"""How much of the graph is right on our own corpus, on its documents that trained nothing?

The held-out fifth of `samples/corpus` (sha256 of the title) is ingested as files and judged as
`benchmarks.quality.genres` judges; `f1_gold` is of the relations alone, with gold mentions. With
`--checkpoint FOLDER` another checkpoint is scored, as `own_NAME`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.parts.report import ROOT, write
from benchmarks.quality.parts.genre_labels import labels_of_record
from benchmarks.quality.parts.ingested_texts import assertions
from benchmarks.quality.parts.judged_texts import figures
from benchmarks.quality.relations import CHECKPOINT
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import labelled_document
from extractor.datasets.splits import in_held_out_fifth
from extractor.evaluation.scores import evaluate_relations

CORPUS = ROOT / "samples" / "corpus"


def main() -> None:
    """Score one checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not used: the corpus is part of the project")
    parser.add_argument("--checkpoint", type=Path, default=CHECKPOINT)
    parser.add_argument("--name", default="own", help="of the result")
    given = parser.parse_args()
    records = json.loads((CORPUS / "corpus.json").read_text(encoding="utf-8"))
    held_out = [each for each in records if in_held_out_fifth(each["title"])]
    labels = [labels_of_record(each) for each in held_out]
    texts = [CORPUS / "texts" / each["file"] for each in held_out]
    documents = [labelled_document(each, place="corpus.json") for each in held_out]
    gold = evaluate_relations(
        Checkpoint.from_pretrained(given.checkpoint), documents, training_documents=[]
    )
    found = figures(assertions(texts, given.checkpoint), labels)
    del found["tempted"]  # the corpus's records do not hold what is tempting
    write(given.name, {**found, "f1_gold": gold.f1.f1}, title="Our own corpus, held out")


if __name__ == "__main__":
    main()
