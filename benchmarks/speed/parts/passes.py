"""One pass of a flow without a model, in a process of its own: prints its seconds and its memory.

`incremental` starts it as `python -m benchmarks.speed.parts.passes PASS SOURCE INDEX`; the
settings' other parts come from the environment.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from extractor.relations import RelationVocabulary
from extractor.schema import Document, Entity, Extraction, Mention, Statement

RELATIONS = RelationVocabulary({"P19": "place of birth"})
BORN = " was born in "


class NoModel:
    """Takes '<person> was born in <place>.' at its word: the graph has work, and no model."""

    checkpoint_name = "no-model@0"
    relations = RELATIONS

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def attempt(
        self, documents: Sequence[Document], stopped: Callable[[], bool]
    ) -> list[Extraction]:
        """Return each document's two entities and one statement."""
        return [_extraction(document) for document in documents]


def _extraction(document: Document) -> Extraction:
    at = document.text.index(BORN)
    place = document.text.index(".")
    person = _entity(document, 0, at, "PER")
    city = _entity(document, at + len(BORN), place, "LOC")
    statement = Statement(
        head=person.id,
        relation="P19",
        tail=city.id,
        margin=1.0,
        probability=0.8,
        sentences=(0,),
        text=document.text[: place + 1],
    )
    return Extraction(document=document, entities=(person, city), statements=(statement,))


def _entity(document: Document, start: int, end: int, type_: str) -> Entity:
    name = document.text[start:end]
    return Entity(
        id=f"bench:{name}",
        name=name,
        type=type_,
        mentions=(Mention(start=start, end=end, type=type_),),
    )


def act(what: str) -> Callable[[], Any]:
    """Return a pass of a flow, its modules loaded."""
    from flows.ingest.flow import ingest
    from flows.params import IngestParams, ReconcileParams
    from flows.reconcile import reconcile

    if what == "ingest":
        return partial(ingest, IngestParams(), return_state=True)
    return partial(reconcile, ReconcileParams(), return_state=True)


def main() -> None:
    """Run one pass and print what it took as one line of JSON."""
    from flows.components import Components, components

    parts = components()
    parts.extractor = NoModel()  # type: ignore[assignment]
    parts.champion_name = NoModel.checkpoint_name
    Components.vocabulary = lambda self: RELATIONS  # type: ignore[method-assign]
    parts.graph.ensure_schema()
    run = act(sys.argv[1])
    started = time.perf_counter()
    state = run()
    if not state.is_completed():
        raise SystemExit(str(state))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
