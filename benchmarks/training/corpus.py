"""Check the labelled texts of `samples/corpus` and put them together as `corpus.json`.

python -m benchmarks.training.corpus                     check all, write corpus.json
python -m benchmarks.training.corpus --show NAME         sentences by number, mentions, errors
python -m benchmarks.training.corpus --check PREFIX      errors of files whose names begin so
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.parts.report import ROOT
from benchmarks.training.parts.corpus_labels import Labelled, labelled, read_labels, record
from corpus.files.reader import FileReader
from extractor.schema import Document

CORPUS = ROOT / "samples" / "corpus"
RELATIONS = ROOT / "samples" / "corpus" / "relations.json"
"""The 96 relations of DocRED: id -> English name (Wikidata, CC0)."""


def texts(prefix: str = "") -> Iterator[tuple[Path, Labelled | str]]:
    """Yield each text with its labels, or with why it has none."""
    for path in sorted((CORPUS / "texts").glob(f"{prefix}*")):
        yield path, _read(path)


def _read(path: Path) -> Labelled | str:
    reader = FileReader(source="corpus", path=path, gold=False)
    (_, _, document), *_ = reader.records()
    if not isinstance(document, Document):
        return f"the text cannot be read: {document}"
    try:
        labels = read_labels(CORPUS / "labels" / f"{path.stem}.json")
        return labelled(document, labels, json.loads(RELATIONS.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        return str(error)


def show(name: str) -> None:
    """Print a text as its labeller wants to see it."""
    for path, read in texts(f"{name}."):
        if isinstance(read, str):
            print(f"{path.name}: {read}")
            document = next(FileReader(source="corpus", path=path, gold=False).records())[2]
            if isinstance(document, Document):
                from extractor.text.blocks import blocks_of
                from extractor.text.sentences import split_sentences

                for n, s in enumerate(split_sentences(document.text, blocks_of(document))):
                    print(f"{n:3} {document.text[s.start : s.end]!r}")
            continue
        for n, s in enumerate(read.sentences):
            print(f"{n:3} {read.document.text[s.start : s.end]!r}")
            inside = [
                f"{name} [{read.document.text[m.start : m.end]}]"
                for name, spans in read.mentions.items()
                for m in spans
                if s.start <= m.start < s.end
            ]
            print("      " + "; ".join(inside))
        given = {each[:3] for each in read.labels.facts}
        print("added:", "; ".join(" ".join(each) for each in sorted(set(read.facts) - given)))
        print("\n".join(f"ERROR {each}" for each in read.errors) or "no errors")


def main() -> None:
    """Check; write what is whole."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", metavar="NAME")
    parser.add_argument("--check", metavar="PREFIX")
    given = parser.parse_args()
    if given.show:
        show(given.show)
        return
    records, wrong, titles = [], 0, set()
    for path, read in texts(given.check or ""):
        errors = [read] if isinstance(read, str) else read.errors
        if not isinstance(read, str):
            if read.labels.title in titles:
                errors = [*errors, f"a second text is called {read.labels.title!r}"]
            titles.add(read.labels.title)
            if not read.errors:
                records.append(record(read, path.name))
        wrong += bool(errors)
        for error in errors:
            print(f"{path.name}: {error}")
    print(f"{len(records)} texts are right, {wrong} are not")
    if given.check is None and not wrong:
        (CORPUS / "corpus.json").write_text(
            json.dumps(records, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
