"""Documents that failed, in indices that are closed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.source import ElasticsearchSource
from corpus.errors import SourceRejected
from corpus.source import Gone
from flows.ingest.planning import plan
from flows.ingest.retraction import Retractions
from flows.ingest.retries import fetched_pages
from flows.ingest.writing import failed_documents
from flows.reconcile import forget_failures
from flows.records import Failure
from graph.client import Graph
from tests.integration.corpus.conftest import FillIndex
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration

MONDAY = "2026-01-05T00:00:00Z"
EXTRACTED, SKIPPED = "wiki:1", "wiki:2"


def fail_everything(source: ElasticsearchSource, graph: Graph) -> None:
    """Let all that a source holds fail, as a run does: what is skipped, and what is extracted."""
    with closing(Retractions()) as retractions:
        for batch in plan(
            source.pages(""),
            graph,
            retractions,
            config_hash="c",
            checkpoint="m@1",
            now=MONDAY,
            size=10,
        ):
            failures = [
                Failure(document=each.id, stage="extract", error="no") for each in batch.documents
            ]
            graph.writer(RUN, RELATIONS).record_failures(
                failed_documents(batch, failures), at=MONDAY
            )


@pytest.fixture
def source(server: Elastic, name: str, fill: FillIndex, graph: Graph) -> ElasticsearchSource:
    """Two indices behind a pattern; the documents of the first, bad ones among them, failed."""
    fill(f"{name}-1", {"1": {"text": "Ada was born."}, "2": {"text": 2}})
    found = ElasticsearchSource(server, name="wiki", index=f"{name}-*")
    fail_everything(found, graph)
    fill(f"{name}-2", {"3": {"text": "Ada lived."}})
    assert {each.id for each in graph.failures("wiki")} == {EXTRACTED, SKIPPED}
    return found


@pytest.mark.parametrize("document", [EXTRACTED, SKIPPED])
def test_what_failed_in_a_closed_index_is_not_called_gone(
    source: ElasticsearchSource, client: Elasticsearch, name: str, graph: Graph, document: str
) -> None:
    client.indices.close(index=f"{name}-1")

    with pytest.raises(SourceRejected, match=rf"{name}-1 is closed.*open the index"):
        list(fetched_pages(source, graph, [document]))

    client.indices.delete(index=f"{name}-1")
    [page] = fetched_pages(source, graph, [document])
    assert page.records == (Gone(document=document),)


def test_failures_are_forgotten_only_once_their_index_is_no_more(
    source: ElasticsearchSource, client: Elasticsearch, name: str, graph: Graph
) -> None:
    writer = graph.writer(RUN, RELATIONS)
    client.indices.close(index=f"{name}-1")

    with pytest.raises(SourceRejected, match=rf"{name}-1 is closed"):
        forget_failures(source, graph, writer)
    assert graph.failures_of([EXTRACTED, SKIPPED]).keys() == {EXTRACTED, SKIPPED}

    client.indices.delete(index=f"{name}-1")
    forget_failures(source, graph, writer)
    assert graph.failures("wiki") == []


def test_both_indices_count_where_a_document_was_written_and_where_it_failed_since(
    source: ElasticsearchSource, client: Elasticsearch, name: str, graph: Graph
) -> None:
    written = extraction(1)
    known = replace(written.document, id="wiki:3", source="wiki", index=f"{name}-1")
    graph.writer(RUN, RELATIONS).upsert([replace(written, document=known)])
    fail_everything(source, graph)
    client.delete(index=f"{name}-2", id="3", refresh=True)
    client.indices.close(index=f"{name}-1")

    with pytest.raises(SourceRejected, match=rf"{name}-1 is closed"):
        list(fetched_pages(source, graph, ["wiki:3"]))
