"""Check the labelled texts of `samples/corpus` and put them together as `corpus.json`.

    python -m benchmarks.training.corpus                     check all, write corpus.json
    python -m benchmarks.training.corpus --show NAME         sentences by number, mentions, errors
    python -m benchmarks.training.corpus --check PREFIX      errors of files whose names begin so

With `--second`, the labels of whoever labels a text again are read.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.parts.report import ROOT
from benchmarks.training.parts.corpus_labels import (
    Labelled,
    labelled,
    read_labels,
    record,
    sentences_of,
)
from corpus.files.reader import FileReader
from extractor.schema import Document

CORPUS = ROOT / "samples" / "corpus"
LABELS, TWICE = CORPUS / "labels", CORPUS / "twice"
SECOND = TWICE / "second"


def relations() -> list[str]:
    """Return the ids of DocRED's 96 relations."""
    return list(json.loads((CORPUS / "relations.json").read_text(encoding="utf-8")))


def text_of(path: Path) -> Document:
    """Return a text as an ingest reads it.

    Raises:
        ValueError: it cannot be read.
    """
    (_, _, document), *_ = FileReader(source="corpus", path=path, gold=False).records()
    if not isinstance(document, Document):
        raise ValueError(f"the text cannot be read: {document}")
    return document


def texts(prefix: str, folder: Path) -> Iterator[tuple[Path, Labelled | str]]:
    """Yield each text with its labels of a folder, or with why it has none."""
    known = relations()
    for path in sorted((CORPUS / "texts").glob(f"{prefix}*")):
        try:
            labels = read_labels(folder / f"{path.stem}.json")
            yield path, labelled(text_of(path), labels, known)
        except (OSError, ValueError) as error:
            yield path, str(error)


def show(name: str, folder: Path) -> None:
    """Print a text as its labeller wants to see it."""
    ((path, read),) = texts(f"{name}.", folder)
    document = text_of(path)
    mentions = [] if isinstance(read, str) else list(read.mentions.items())
    for number, sentence in enumerate(sentences_of(document)):
        print(f"{number:3} {document.text[sentence.start : sentence.end]!r}")
        inside = [
            f"{entity} [{document.text[each.start : each.end]}]"
            for entity, spans in mentions
            for each in spans
            if sentence.start <= each.start < sentence.end
        ]
        print(f"      {'; '.join(inside)}")
    if isinstance(read, str):
        print(f"ERROR {read}")
        return
    given = {each[:3] for each in read.labels.facts}
    print("added:", "; ".join(" ".join(each) for each in sorted(read.facts.keys() - given)))
    print("\n".join(f"ERROR {each}" for each in read.errors) or "no errors")


def check(prefix: str, folder: Path) -> tuple[list[Labelled], int]:
    """Print what is wrong; return the texts that are right, and how many are not."""
    right: list[Labelled] = []
    titles: set[str] = set()
    wrong = 0
    for path, read in texts(prefix, folder):
        errors = [read] if isinstance(read, str) else list(read.errors)
        if not isinstance(read, str):
            if read.labels.title in titles:
                errors.append(f"a second text is called {read.labels.title!r}")
            titles.add(read.labels.title)
            if not errors:
                right.append(read)
        wrong += bool(errors)
        for error in errors:
            print(f"{path.name}: {error}")
    print(f"{len(right)} texts are right, {wrong} are not")
    return right, wrong


def main() -> None:
    """Check; write what is whole."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", metavar="NAME")
    parser.add_argument("--check", metavar="PREFIX")
    parser.add_argument("--second", action="store_true")
    given = parser.parse_args()
    folder = SECOND if given.second else LABELS
    if given.show:
        show(given.show, folder)
        return
    right, wrong = check(given.check or "", folder)
    if wrong or given.second:
        raise SystemExit(bool(wrong))
    if given.check is None:
        records = [record(each) for each in right]
        text = ",\n".join(json.dumps(each, ensure_ascii=False) for each in records)
        (CORPUS / "corpus.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
