"""How much of the graph is right on texts as people have them: news, mail, minutes, tables, ...?

All texts of `samples/genres` are ingested as the files that they are, at the command line, into an
empty graph; its evidence is held against the labels. (0.1 read text alone: `genres_before` is of
one JSONL of them.) An assertion is right if the text states it, counts neither way if a careful
annotator may or may not list it, and is wrong otherwise, as it is where one of its entities is two
things in one. Only names are judged, not what they are linked to. Recall is over the facts that
have to be there. Intervals hold 95 of 100 shares of texts that are drawn again.

With `--before FOLDER` the checkpoint of 0.1 reads them too: `trust_genres` compares how far the
probabilities of both can be trusted.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.parts.report import ROOT, write
from benchmarks.quality.parts.genre_labels import labels_of
from benchmarks.quality.parts.ingested_texts import assertions
from benchmarks.quality.parts.judged_texts import ece_of, figures

TEXTS = ROOT / "samples" / "genres"


def main() -> None:
    """Score the shipped checkpoint, and compare another one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="folder of 0.1's checkpoint, to compare with")
    before = parser.parse_args().before
    labels = [labels_of(path) for path in sorted((TEXTS / "labels").glob("*.json"))]
    texts = [path for path in TEXTS.iterdir() if path.is_file() and path.name != "README.md"]
    found = assertions(texts)
    write("genres", figures(found, labels), title="Texts of many kinds")
    if before is not None:
        compared = {
            "ece": ece_of(found, labels),
            "ece_before": ece_of(assertions(texts, before), labels),
        }
        write("trust_genres", compared, title="Probabilities on texts of many kinds")


if __name__ == "__main__":
    main()
