from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.datasets.filter_data import CDR_VOCABULARY
from extractor.datasets.splits import (
    in_held_out_fifth,
    read_vocabulary_file,
    split_documents,
    titles,
    without_labels,
)
from extractor.errors import DatasetRejected
from extractor.files import file_hash
from tests.unit.extractor.annotated import labelled


@given(st.lists(st.text(min_size=1, max_size=12), max_size=60, unique=True))
def test_a_held_out_title_is_used_for_nothing_and_no_document_for_two_things(
    names: list[str],
) -> None:
    split = split_documents([labelled("x", title=name) for name in names])
    used = [*titles(split.train), *titles(split.dev)]
    for name in used:
        assert int(hashlib.sha256(name.encode()).hexdigest(), 16) % 5 != 0
    assert sorted([*used, *titles(split.held_out)]) == sorted(names)
    assert len(split.all) == len(names)


def test_about_a_fifth_is_held_out_and_a_tenth_of_the_rest_is_dev() -> None:
    split = split_documents([labelled("x", title=f"Document {n}") for n in range(2000)])
    assert len(split.held_out) == pytest.approx(400, abs=60)
    assert len(split.dev) == pytest.approx(160, abs=40)


def test_the_held_out_fifth_is_the_one_that_is_written_down() -> None:
    assert [name for name in "abcdefghijklmnopqrst" if in_held_out_fifth(name)] == [
        name for name in "abcdefghijklmnopqrst" if _fifth(name)
    ]


def _fifth(name: str) -> bool:
    # 16 ** k = 1 (mod 5): the remainder of a hash is that of the sum of its hexadecimal digits.
    return sum(int(digit, 16) for digit in hashlib.sha256(name.encode()).hexdigest()) % 5 == 0


def test_teachers_label_only_what_is_neither_labelled_nor_held_out() -> None:
    names = [f"Document {n}" for n in range(60)]
    split = split_documents([labelled("x", title=name) for name in names[:20]])
    left = titles(without_labels([labelled("x", title=name) for name in names], split))
    assert left == tuple(sorted(name for name in names[20:] if not in_held_out_fifth(name)))
    assert 0 < len(left) < 40


def test_a_vocabulary_keeps_its_order(tmp_path: Path) -> None:
    path = tmp_path / "relations.json"
    path.write_text(json.dumps({"P19": "place of birth", "P17": "country"}))
    assert read_vocabulary_file(path).ids == ("P19", "P17")


def test_cdr_and_gda_are_vocabularies_by_name() -> None:
    assert read_vocabulary_file(Path("cdr")) is CDR_VOCABULARY
    assert read_vocabulary_file(Path("gda")).ids == ("GDA",)


def test_a_vocabulary_may_sign_its_relations(tmp_path: Path) -> None:
    path = tmp_path / "relations.json"
    path.write_text(
        json.dumps({"CID": {"name": "induces", "head": ["Chemical"], "tail": ["Disease"]}})
    )
    relations = read_vocabulary_file(path)
    assert relations.names == {"CID": "induces"}
    assert relations.candidate("Chemical", "Disease")
    assert not relations.candidate("Disease", "Chemical")


@pytest.mark.parametrize(
    "content",
    [
        *(None, b"[]", b'{"P17": 3}', b"\xff", b"no", b"{}", b'{"P17": ""}'),
        *(b'{"P17": {"head": []}}', b"[" * 100_000),
    ],
    ids=lambda content: repr(content)[:24],
)
def test_a_vocabulary_of_another_kind_is_refused_by_name(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "relations.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetRejected, match=r"relations\.json"):
        read_vocabulary_file(path)


def test_a_file_is_known_by_its_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_hash(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()
