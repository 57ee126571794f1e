"""How many entities of real documents are no names, but what layout and machines leave in a text?

Mentions and clusters of documents of many kinds that the machine has (`texts/noise.toml` lists
them), the beginning of each. Nothing is linked, so that an entity is called what the text calls it.
`noise_rule` says which are noise: rules of dashes, stamps, parts of addresses, broken words, what
is left of markup, page numbers, names that cross blocks. It knows nothing of the product's filter,
and `--show` prints a sample of what it found and of what it let pass, to be judged by eye.
Intervals hold 95 of 100 shares of documents that are drawn again.

    python -m benchmarks.quality.noise --data DIR [--before] [--show 100]

`--before` writes the figures as `noise_before`: for a tree whose extractor is that of 0.1.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.parts.report import write
from benchmarks.quality.end_to_end import NameIndex
from benchmarks.quality.parts.noise_rule import cause_of_noise
from benchmarks.quality.parts.noise_texts import documents
from benchmarks.quality.relations import CHECKPOINT
from extractor.batches import batched
from extractor.checkpoint import Checkpoint
from extractor.encoder.batching import DEFAULT_BUDGET
from extractor.linking import LINK_ABOVE, link_clusters
from extractor.schema import Document, Entity
from extractor.stages import Case, Stages, Tools

Read = tuple[Document, tuple[Entity, ...]]
SAMPLES = 1_000
TOGETHER = 8
"""Documents that are extracted at a time."""


def read(data: Path) -> list[Read]:
    """Return the documents with their entities; those that are refused are left out."""
    tools = Tools(
        checkpoint=Checkpoint.from_pretrained(CHECKPOINT),
        index=NameIndex(),
        budget=DEFAULT_BUDGET,
        precision="fp32",
        link_above=LINK_ABOVE,
    )
    stages = Stages(tools, stopped=lambda: False, seconds={"mentions": 0.0})
    cases = (
        case
        for some in batched([Case(document) for document in documents(data)], TOGETHER)
        for case in stages.cluster(some)
    )
    return [(each.document, link_clusters(each.document, each.clusters, {})) for each in cases]


def causes(document: Document, entities: Sequence[Entity]) -> list[str]:
    """Return for each entity why it is noise, or nothing."""
    return [cause_of_noise(document.text, entity) for entity in entities]


def figures(documents: Sequence[Read]) -> dict[str, float]:
    """Return the counts and the share of noise, with its interval."""
    found = [causes(*each) for each in documents]
    noise = np.array([sum(map(bool, each)) for each in found])
    entities = np.array([len(each) for each in found])
    drawn = np.random.default_rng(0).integers(len(found), size=(SAMPLES, len(found)))
    shares = noise[drawn].sum(axis=1) / entities[drawn].sum(axis=1).clip(min=1)
    low, high = np.quantile(shares, (0.025, 0.975))
    by_cause = Counter(cause for each in found for cause in each if cause)
    return {
        "documents": len(found),
        "kinds": len({document.source for document, _ in documents}),
        "entities": int(entities.sum()),
        "layout_share": noise.sum() / max(entities.sum(), 1),
        "layout_share_low": float(low),
        "layout_share_high": float(high),
        **{cause.replace(" ", "_"): count for cause, count in sorted(by_cause.items())},
    }


def show(documents: Sequence[Read], size: int) -> None:
    """Print a sample of the entities, half of them noise, with what stands around them."""
    judged = [
        (cause, document.text, entity)
        for document, entities in documents
        for cause, entity in zip(causes(document, entities), entities, strict=True)
    ]
    chance = random.Random(0)
    for wanted in (True, False):
        those = [each for each in judged if bool(each[0]) is wanted]
        for cause, text, entity in chance.sample(those, min(size // 2, len(those))):
            first = entity.mentions[0]
            around = text[max(0, first.start - 25) : first.end + 25]
            print(f"{cause:15} {entity.type:4} {entity.name!r:40} {around!r}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument("--before", action="store_true", help="the extractor is that of 0.1")
    parser.add_argument("--show", type=int, default=0, help="print so many entities to be judged")
    options = parser.parse_args()
    results = read(options.data)
    show(results, options.show)
    name = "noise_before" if options.before else "noise"
    write(name, figures(results), title="Entities that are no names")
