from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.datasets.docred import Label, LabelledDocument
from extractor.datasets.gathered import read_gathered, write_gathered
from extractor.datasets.reading import read_labelled
from extractor.errors import DatasetRejected
from extractor.relations import RelationVocabulary
from extractor.schema import Block
from tests.unit.extractor.annotated import labelled

ADA = labelled("[Ada|PER|0] left [Bonn|LOC|1] for [Rome|LOC|2].", (0, "P19", 1), title="Ada")
CELL = Block(start=0, end=3, kind="row", group=1, line=2)
PAIRS = sorted(permutations(range(3), 2))


@st.composite
def documents(draw: st.DrawFn) -> LabelledDocument:
    title = draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
    chosen = draw(st.dictionaries(st.sampled_from(PAIRS), st.sampled_from(["P1", "P2"])))
    marked = draw(st.lists(st.integers(0, 5), unique=True))
    return LabelledDocument(
        document=replace(
            ADA.document,
            title=title,
            text=ADA.document.text + title,
            blocks=draw(st.sampled_from([(), (CELL,)])),
        ),
        labels=tuple(
            Label(head=head, relation=relation, tail=tail, evidence=tuple(marked))
            for (head, tail), relation in chosen.items()
        ),
        optional=frozenset((0, "P3", tail) for tail in draw(st.sets(st.sampled_from([1, 2])))),
        unjudged=frozenset(draw(st.sets(st.sampled_from(PAIRS)))),
        corrected=draw(st.booleans()),
    )


@given(st.lists(documents(), max_size=5))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, items: list[LabelledDocument]
) -> None:
    path = tmp_path_factory.mktemp("gathered") / "documents.jsonl"
    write_gathered(path, items)
    assert read_gathered(path) == items


def test_training_reads_it_by_its_suffix_and_checks_the_labels(tmp_path: Path) -> None:
    path = tmp_path / "documents.jsonl"
    write_gathered(path, [ADA])
    assert read_labelled(path, vocabulary=RelationVocabulary({"P19": "place of birth"})) == [ADA]
    with pytest.raises(DatasetRejected, match=r"'P19' is not in the vocabulary"):
        read_labelled(path, vocabulary=RelationVocabulary({"P20": "place of death"}))


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "documents.jsonl"
    write_gathered(path, [ADA, ADA])
    first, second = path.read_text().splitlines()
    broken = json.loads(second)
    del broken["labels"]
    path.write_text(f"{first}\n{json.dumps(broken)}\n")
    with pytest.raises(DatasetRejected, match=r"documents.jsonl, line 2: KeyError\('labels'\)"):
        read_gathered(path)
    with pytest.raises(DatasetRejected, match="cannot read"):
        read_gathered(tmp_path / "none.jsonl")
