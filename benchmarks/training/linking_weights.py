"""Learn the linking weights that come with Factloom: `extractor/linking/weights.json`.

They are learned from linked DocRED, from CDR's training documents and from the samples, without the
held-out fifth of each, in indices of which most lack much of what the documents name.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.parts.linked_data import mesh_training, samples, wikidata
from benchmarks.parts.linking_training import LinkedDocument, PreparedDocument, train_linking
from benchmarks.parts.open_world import linked_docred
from benchmarks.parts.report import data_folder
from extractor.datasets.splits import in_held_out_fifth
from extractor.linking.weights import SHIPPED


def trainable(documents: Sequence[LinkedDocument]) -> list[PreparedDocument]:
    """Return the documents that may train shipped weights."""
    return [
        PreparedDocument(item)
        for item in documents
        if not in_held_out_fifth(item.labelled.document.title)
    ]


def main(data: Path) -> None:
    """Learn the weights and write them down."""
    own = [item.linked for item in (*wikidata(data), *samples())]
    weights = train_linking(trainable([*linked_docred(data), *own, *mesh_training(data)]))
    weights.save(SHIPPED)
    for name, *found in zip(
        weights.features, weights.names.second, weights.terms.second, strict=True
    ):
        print(f"{name:12} {found[0]:8.4f} of names {found[1]:8.4f} of terms")
    print(f"{len(weights.trained_on)} documents: {SHIPPED}")


if __name__ == "__main__":
    main(data_folder(__doc__))
