"""What is written follows from the documents and verdicts alone, whatever came before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import DocumentRejected
from extractor.schema import Entity, Extraction, Mention
from graph.model.edges import Evidence, Support, plan_edges
from graph.model.records import Champion
from graph.model.rows import DocumentRows, document_rows
from graph.writing.edges import own_evidence
from graph.writing.entity_plan import EntityState, plan_entities
from tests.integration.graph.histories import STEPS, History, Step
from tests.unit.graph.extractions import RELATIONS, RUN, extraction, random_corpus
from tests.unit.graph.memory_database import WrittenGraph

CHAMPION = Champion(RUN.checkpoint, RELATIONS)
SEEDS = st.integers(0, 10_000)


def rows(made: Extraction) -> DocumentRows:
    return document_rows(made, run=RUN, extracted_at="2026-02-01T00:00:00Z")


@given(steps=STEPS)
@settings(max_examples=15, deadline=None)
def test_every_history_ends_like_a_clean_run(steps: list[Step]) -> None:
    graph, clean = WrittenGraph(), WrittenGraph()
    history = History(graph)
    history.take(steps)
    history.replay(clean, list(graph.corrections()))
    assert graph.database.content() == clean.database.content()


@given(seed=SEEDS, batch=st.integers(1, 12))
@settings(max_examples=8, deadline=None)
def test_writing_the_same_again_writes_nothing(seed: int, batch: int) -> None:
    """Not because the digests are the same: with them gone, the plans are still empty."""
    graph, corpus = WrittenGraph(), random_corpus(12, seed)
    graph.writer(RUN, RELATIONS, batch_documents=batch).upsert(corpus)
    written = graph.database.content()
    for document in graph.database.nodes["Document"].values():
        document["digest"] = ""
    graph.database.written.clear()
    report = graph.writer(RUN, RELATIONS, batch_documents=batch).upsert(corpus)
    assert set(graph.database.written) <= {"delete_mentions", "create_mentions", "update_evidence"}
    assert (report.entities_new, report.edges_new) == (0, 0)
    assert (report.edges_changed, report.edges_removed, report.entities_removed) == (0, 0, 0)
    assert graph.database.content() == written


@given(seed=SEEDS, batch=st.integers(1, 12))
@settings(max_examples=8, deadline=None)
def test_what_is_taken_out_leaves_nothing(seed: int, batch: int) -> None:
    graph, corpus = WrittenGraph(), random_corpus(12, seed)
    writer = graph.writer(RUN, RELATIONS, batch_documents=batch)
    writer.upsert(corpus[:6])
    before = graph.database.content()
    writer.upsert(corpus[6:])
    writer.retract([each.document.id for each in corpus[6:]])
    assert graph.database.content() == before
    writer.retract([each.document.id for each in corpus])
    assert graph.database.content() == WrittenGraph().database.content()


@pytest.mark.parametrize("batch", [1, 3, 20])
def test_a_followed_id_gives_the_graph_of_the_other_id(batch: int) -> None:
    new = Entity(
        id="wikidata:Q9",
        name="Nine",
        type="PER",
        mentions=(),
        linked=True,
        kb_id="Q9",
        description="known as Nine",
    )
    graph, corpus = WrittenGraph(), random_corpus(12, 3)
    writer = graph.writer(RUN, RELATIONS, batch_documents=batch)
    writer.upsert(corpus)
    edges = {key for key in graph.database.edges if "wikidata:Q1" in key}
    report = writer.rekey("wikidata:Q1", new)
    assert report.entities_rekeyed == 1
    assert "wikidata:Q1" not in graph.database.nodes["Entity"]
    assert graph.database.nodes["Entity"]["wikidata:Q9"]["former_ids"] == ["wikidata:Q1"]
    moved = {key for key in graph.database.edges if "wikidata:Q9" in key}
    assert {tuple(part.replace("Q9", "Q1") for part in key) for key in moved} == edges
    assert edges
    assert writer.rekey("wikidata:Q1", new).entities_rekeyed == 0, "it is done once"


def of_languages(*names: str, ids: tuple[str, ...]) -> Extraction:
    """Return what a document says that names these, as entities of these ids: of equal ones one."""
    document = replace(extraction(1).document, text=" ".join(names))
    mentions: dict[str, list[Mention]] = {}
    start = 0
    for name, id_ in zip(names, ids, strict=True):
        mention = Mention(start=start, end=start + len(name), type="MISC")
        mentions.setdefault(id_, []).append(mention)
        start = mention.end + 1
    entities = tuple(
        Entity(id=id_, name=names[ids.index(id_)], type="MISC", mentions=tuple(spans))
        for id_, spans in mentions.items()
    )
    return Extraction(document=document, entities=entities, statements=())


def test_a_name_that_is_folded_otherwise_is_found_by_its_old_id() -> None:
    """0.1 took 'C++' for 'C'; whoever noted its id finds the same thing."""
    graph = WrittenGraph()
    writer = graph.writer(RUN, RELATIONS)
    writer.upsert([of_languages("C++", ids=("nil:c",))])
    writer.upsert([of_languages("C++", ids=("nil:cpp",))])
    nodes = graph.database.nodes["Entity"]
    assert nodes.keys() == {"nil:cpp"}
    assert (nodes["nil:cpp"]["former_ids"], nodes["nil:cpp"]["folded_name"]) == (["nil:c"], "c++")


@pytest.mark.parametrize(
    ("names", "ids", "heir"),
    [
        (("C", "C++", "C++", "C#"), ("nil:c", "nil:cpp", "nil:cpp", "nil:cs"), "nil:c"),
        (("C++", "C#", "C#"), ("nil:cpp", "nil:cs", "nil:cs"), "nil:cs"),
    ],
)
def test_an_id_of_several_stays_with_its_name_or_goes_to_the_most_mentioned(
    names: tuple[str, ...], ids: tuple[str, ...], heir: str
) -> None:
    graph = WrittenGraph()
    writer = graph.writer(RUN, RELATIONS)
    writer.upsert([of_languages(*names, ids=("nil:c",) * len(names))])
    writer.upsert([of_languages(*names, ids=ids)])
    nodes = graph.database.nodes["Entity"]
    assert nodes.keys() == {*ids}
    found = {id_ for id_, node in nodes.items() if "nil:c" in (id_, *node["former_ids"])}
    assert found == {heir}


def test_a_batch_that_is_refused_leaves_the_graph_as_it_was() -> None:
    graph = WrittenGraph()
    writer = graph.writer(RUN, RELATIONS)
    writer.upsert([extraction(1)])
    before = graph.database.content()
    with pytest.raises(DocumentRejected, match="comes twice"):
        writer.upsert([extraction(2), extraction(2)])
    assert graph.database.content() == before


def test_a_champion_is_adopted_once() -> None:
    graph, other = WrittenGraph(), replace(RUN, id="run-2", checkpoint="champion@2")
    graph.writer(RUN, RELATIONS).upsert([extraction(1, margin=1.0), extraction(2, margin=2.0)])
    assert list(graph.writer(other, RELATIONS).adopt_champion()) == []
    graph.writer(other, RELATIONS).upsert([extraction(2, margin=9.0)])
    [edge] = graph.database.edges.values()
    assert (edge["props"]["checkpoint"], edge["props"]["margin"]) == ("champion@2", 9.0)
    [changed] = graph.writer(RUN, RELATIONS).adopt_champion()
    assert changed.edges_changed == 1
    [edge] = graph.database.edges.values()
    assert (edge["props"]["checkpoint"], edge["props"]["margin"]) == ("champion@1", 1.0)
    assert list(graph.writer(RUN, RELATIONS).adopt_champion()) == []


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_plan_of_edges_that_are_there_is_empty(seed: int) -> None:
    batch = [rows(each) for each in random_corpus(8, seed)]
    evidence: defaultdict[str, list[Evidence]] = defaultdict(list)
    for key, each in own_evidence(batch):
        evidence[key].append(each)
    keys = frozenset(evidence)
    support = Support(keys=keys, evidence=evidence, verdicts={}, sought=keys)
    plan = plan_edges(support, {}, CHAMPION)
    assert {row["edge"] for row in plan.create} == keys
    stored = {
        row["edge"]: {"type": plan.types[row["relation"]], "props": row["props"]}
        for row in plan.create
    }
    again = plan_edges(support, stored, CHAMPION)
    assert [*again.create, *again.update, *again.delete] == []
    gone = Support(keys=keys, evidence={}, verdicts={}, sought=keys)
    assert {row["edge"] for row in plan_edges(gone, stored, CHAMPION).delete} == keys


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_plan_of_entities_that_are_there_is_empty(seed: int) -> None:
    batch = [rows(each) for each in random_corpus(8, seed)]
    plan = plan_entities(EntityState(stored={}, remaining={}, held={}, moved={}), batch, set())
    assert plan.create.keys() == {entity.id for each in batch for entity, _ in each.entities}
    stored = {id_: {"id": id_, **node} for id_, node in plan.create.items()}
    for touched in (set[str](), set(stored)):  # mentions that are taken back and made again
        state = EntityState(stored=stored, remaining={}, held={}, moved={})
        again = plan_entities(state, batch, touched)
        assert {**again.create, **again.relabel, **again.update} == {}
