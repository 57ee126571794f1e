"""Folding of names; what it means is tested with those who use it."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.clusters import cluster_mentions
from extractor.linking import link_clusters
from extractor.names import fold_name, mentioned_name
from extractor.schema import Document, Mention
from graph.model.entities import contribution


def whole(text: str, type_: str = "ORG") -> Mention:
    return Mention(start=0, end=len(text), type=type_)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Dis-\ntrict Court", "District Court"),
        ("Grut-\r\n  ter", "Grutter"),
        ("Mich\u00adigan", "Michigan"),
        ("Michi\u00ad\ngan", "Michigan"),
        ("Anglo-\nSaxon", "Anglo-Saxon"),
        ("James A.\n  Merwe", "James A. Merwe"),
        ("Jean-Luc Picard", "Jean-Luc Picard"),
        ("1990 -\n1999", "1990 - 1999"),
        ("1990-\n1999", "1990-1999"),
        ("\u00ad", "\u00ad"),
    ],
)
def test_a_name_that_a_line_end_breaks_is_one(written: str, name: str) -> None:
    assert mentioned_name(written, whole(written)) == name


@given(st.text(min_size=1))
def test_a_name_is_on_one_line_and_never_lost(text: str) -> None:
    name = mentioned_name(text, whole(text))
    assert name
    assert not text.strip() or len(name.splitlines()) == 1


def test_a_broken_name_is_the_name_it_is_in_clusters_ids_and_the_graph() -> None:
    text = "The District Court sat. The Dis-\ntrict Court rose."
    first, second = text.index("Dist"), text.index("Dis-")
    mentions = [
        Mention(start=first, end=first + len("District Court"), type="ORG"),
        Mention(start=second, end=second + len("Dis-\ntrict Court"), type="ORG"),
    ]
    document = Document(id="t:1", source="t", title="", text=text, updated_at="")
    (entity,) = link_clusters(document, cluster_mentions(text, mentions), {})
    assert (entity.name, entity.aliases) == ("District Court", ())
    assert contribution(document, entity).names == ("District Court",)


def test_texts_that_are_folded_do_not_stay_in_memory() -> None:
    tracemalloc.start()
    for n in range(20):
        assert fold_name(f"{n} " + "Été " * 5_000).startswith(f"{n} ete")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200_000
