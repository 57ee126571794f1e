"""A text with marked entities 'e0', 'e1', ..., and statements about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.circumstances.features import FEATURES, features_of
from extractor.schema import Entity, Span, Statement
from tests.unit.extractor.annotated import annotated_document


@dataclass(frozen=True)
class Text:
    entities: tuple[Entity, ...]
    sentences: tuple[Span, ...]

    def features(self, *statements: Statement) -> list[dict[str, float]]:
        """Return the features of statements by name."""
        found = features_of(statements, self.entities, self.sentences)
        return [dict(zip(FEATURES, row, strict=True)) for row in found.tolist()]


def text(marked: str, margins: Sequence[Sequence[float]] = ()) -> Text:
    """Return a text: '[Ada|PER|0] of [Kent|LOC|1]'; margins of the mentions of each entity."""
    document = annotated_document(marked)
    entities = []
    for number, cluster in enumerate(document.clusters):
        mentions = cluster.mentions
        if margins:
            mentions = tuple(
                replace(mention, margin=margin)
                for mention, margin in zip(mentions, margins[number], strict=True)
            )
        entities.append(Entity(id=f"e{number}", name="", type=cluster.type, mentions=mentions))
    return Text(tuple(entities), tuple(document.sentences))


def stated(head: int, relation: str, tail: int, probability: float = 0.5) -> Statement:
    """Return a statement about two entities."""
    return Statement(
        head=f"e{head}",
        relation=relation,
        tail=f"e{tail}",
        margin=1.0,
        probability=probability,
        sentences=(0,),
        text="",
    )
