"""Can the probabilities of the graph be trusted on texts as people have them?

The texts of `samples/genres` are ingested as they are, with the shipped checkpoint and with that of
0.1 (`--before FOLDER`; `docs/decisions/0053-a-corpus-of-our-own.md` says where it is). Mentions,
clusters and layout are found, not given.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.parts.report import write
from benchmarks.quality.genres import TEXTS
from benchmarks.quality.parts.genre_labels import labels_of
from benchmarks.quality.parts.ingested_texts import assertions
from benchmarks.quality.parts.judged_texts import ece_of


def main() -> None:
    """Compare two checkpoints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, required=True, help="folder of 0.1's checkpoint")
    before = parser.parse_args().before
    labels = [labels_of(path) for path in sorted((TEXTS / "labels").glob("*.json"))]
    texts = [path for path in TEXTS.iterdir() if path.is_file() and path.name != "README.md"]
    found = {
        "ece": ece_of(assertions(texts), labels),
        "ece_before": ece_of(assertions(texts, before), labels),
    }
    write("trust_genres", found, title="Probabilities on texts of many kinds")


if __name__ == "__main__":
    main()
