"""The corpus that the project ships: whole, as its labels say, and no variant of the test texts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from benchmarks.parts.report import ROOT
from benchmarks.training.corpus import CORPUS, LABELS, check
from benchmarks.training.parts.corpus_labels import record
from extractor.datasets.docred import read_docred
from extractor.datasets.splits import split_documents

GENRES = ROOT / "samples" / "genres"
RUN = 8
"""Words in a row that two texts share by chance, hardly ever: the name of an office or a prize."""


def shipped() -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads((CORPUS / "corpus.json").read_text("utf-8"))
    return records


@pytest.mark.slow
def test_it_is_what_the_labels_say() -> None:
    right, wrong = check("", LABELS)
    assert not wrong
    assert [record(each) for each in right] == shipped()


def test_it_can_be_trained_on_and_scored() -> None:
    documents = read_docred(CORPUS / "corpus.json")
    split = split_documents(documents)
    assert len(documents) >= 160
    assert len({each["kind"] for each in shipped()}) >= 14
    assert len(split.held_out) >= len(documents) / 6
    assert split.dev
    assert all(item.marks_every_mention for item in documents)
    silent = sum(not item.labels for item in documents)  # ordinary texts state little
    assert 0 < silent < len(documents) / 10


def test_no_text_is_a_variant_of_a_test_text() -> None:
    tested = {
        run: path.name
        for path in GENRES.iterdir()
        if path.is_file() and path.name != "README.md"
        for run in runs(path.read_text(encoding="utf-8"))
    }
    shared = Counter(
        (each["file"], tested[run])
        for each in shipped()
        for run in set(runs(each["text"]))
        if run in tested
    )
    assert not [pair for pair, number in shared.items() if number > 2]
    names = {path.stem: subjects(path.stem) for path in (GENRES / "labels").glob("*.json")}
    for each in shipped():
        own = {mention["name"] for mention in chain.from_iterable(each["vertexSet"])}
        assert not [name for name, some in names.items() if len(own & some) > 4], each["file"]


def runs(text: str) -> Iterator[str]:
    words = re.findall(r"\w+", re.sub(r"<[^>]+>", " ", text.lower()))
    yield from (" ".join(words[n : n + RUN]) for n in range(len(words) - RUN + 1))


def subjects(name: str) -> set[str]:
    read = json.loads((GENRES / "labels" / f"{name}.json").read_text(encoding="utf-8"))
    triples = [*read["facts"], *read["optional"]]
    return {
        end for head, _, tail, *_ in triples for end in (head, tail) if not re.search(r"\d", end)
    }
