"""What people said of edges trains a challenger; what may not train scores it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.files.source import FileSource
from extractor.relations import RelationVocabulary
from extractor.schema import Document, Entity, Extraction, Statement
from flows.params import RetrainParams, SourceParams
from flows.retrain.flow import retrain
from flows.run.context import now
from graph.client import Graph
from graph.model.records import Champion, Correction, RunInfo
from tests.checkpoints import RELATIONS
from tests.e2e.people import NEWS, TITLES, trains, write_true
from tests.e2e.test_retrain import champion, params, record_of

pytestmark = pytest.mark.e2e
__all__ = ["champion", "params"]  # fixtures

VOCABULARY = RelationVocabulary(RELATIONS)
RUN = RunInfo(
    id="run", flow="ingest", checkpoint="tiny@1", config_hash="c", git_sha="", started_at=now()
)
JUDGED = NEWS[:40]


def test_corrections_train_and_confident_edges_by_choice(
    tmp_path: Path, params: RetrainParams, graph: Graph
) -> None:
    news = write_true(tmp_path / "news.json", NEWS)
    documents = [
        record
        for page in FileSource("news", news).pages("")
        for record in page.records
        if isinstance(record, Document)
    ]
    graph.ensure_schema()
    graph.writer(RUN, VOCABULARY).upsert([said(each) for each in documents])
    verdicts = [
        correction(each, "confirmed" if n % 2 else "rejected")
        for n, each in enumerate(documents)
        if each.title in JUDGED
    ]
    assert graph.verdicts(Champion("tiny@1", VOCABULARY)).store(verdicts) == len(JUDGED)

    corrected = params.model_copy(
        update={
            "corrections": True,
            "epochs": 1,
            "source": SourceParams(path=news, name="news"),
        }
    )
    challenge = retrain(corrected)
    learnt = {title for title in JUDGED if trains(title)}
    assert challenge.gathered["corrected documents"] == len(learnt)
    assert challenge.gathered["corrected documents set aside"] == len(JUDGED) - len(learnt) > 0
    assert challenge.judged_pairs == len(JUDGED) - len(learnt)
    assert challenge.left_out == {}
    record = record_of("challenger")
    titles = {*record["relation_titles"], *record["dev_titles"]}
    assert titles & {*NEWS} == learnt
    assert set(record["relation_titles"]) >= learnt

    weak = corrected.model_copy(update={"confident_from": 0.9, "name": "weak"})
    challenge = retrain(weak)
    confident = {title for title in NEWS if trains(title) and title not in JUDGED}
    assert challenge.gathered["confident documents"] == len(confident)
    assert {*record_of("weak")["relation_titles"]} & {*NEWS} == learnt | confident
    assert TITLES[0] not in NEWS


def said(document: Document) -> Extraction:
    """Return an extraction that states, of every document, that its person was born there."""
    entities = tuple(
        Entity(
            id=f"nil:{document.title} {cluster.type}",
            name=document.text[cluster.mentions[0].start : cluster.mentions[0].end],
            type=cluster.type,
            mentions=cluster.mentions,
        )
        for cluster in document.clusters
    )
    return Extraction(
        document=document,
        entities=entities,
        statements=(
            Statement(
                head=entities[0].id,
                relation="P19",
                tail=entities[1].id,
                margin=2.0,
                probability=0.95,
                sentences=(0,),
                text=document.text[:20],
            ),
        ),
        unscored_pairs=0,
    )


def correction(document: Document, verdict: str) -> Correction:
    return Correction(
        head=f"nil:{document.title} PER",
        relation="P19",
        tail=f"nil:{document.title} LOC",
        verdict=verdict,
        by="tester",
        at=now(),
    )
