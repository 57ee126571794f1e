"""`factloom setup`: create what is missing on the servers; a second time does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from flows.components import components


def setup() -> Iterator[str]:
    """Yield a line for each thing that is in place now."""
    parts = components()
    parts.graph.ensure_schema()
    yield "graph: constraints and indexes are in place"
    chosen = parts.settings
    if chosen.source.kind == "elasticsearch":
        from corpus.elasticsearch.loading import setup_index

        index = chosen.elasticsearch.index
        created = setup_index(parts.elasticsearch, index)
        yield f"documents: {index} was {'created' if created else 'there already'}"
    if chosen.entities.kind == "elasticsearch":
        from corpus.entities.elastic_records import current_version

        index = chosen.entities.index
        current = current_version(parts.elasticsearch, index)
        if current is None:
            yield f"entities: factloom load FILE --entities makes {index}, which is not there yet"
        else:
            yield f"entities: {index} has {current.entities}"
