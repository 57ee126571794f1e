"""How much of the graph is right on texts as people have them: news, mail, minutes, tables, ...?

All texts of `samples/genres` are ingested as the files that they are, at the command line, into an
empty graph; its evidence is held against the labels. (0.1 read text alone: `genres_before` is of
one JSONL of them.) An assertion is right if the text states it, counts neither way if a careful
annotator may or may not list it, and is wrong otherwise, as it is where one of its entities is two
things in one. Only names are judged, not what they are linked to. Recall is over the facts that
have to be there. Intervals hold 95 of 100 shares of texts that are drawn again.
"""

from __future__ import annotations

from benchmarks.parts.report import ROOT, write
from benchmarks.quality.parts.genre_labels import labels_of
from benchmarks.quality.parts.ingested_texts import assertions
from benchmarks.quality.parts.judged_texts import figures

TEXTS = ROOT / "samples" / "genres"


if __name__ == "__main__":
    labels = [labels_of(path) for path in sorted((TEXTS / "labels").glob("*.json"))]
    texts = [path for path in TEXTS.iterdir() if path.is_file() and path.name != "README.md"]
    write("genres", figures(assertions(texts), labels), title="Texts of many kinds")
