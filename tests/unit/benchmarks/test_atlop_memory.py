from __future__ import annotations

import pytest

from benchmarks.model.atlop_memory import ENTITIES, MENTIONS, PIECES, made_document
from extractor.atlop.features import build_features
from extractor.encoder.encoder import default_encoder
from extractor.text.pieces import load_tokenizer


@pytest.mark.parametrize("entities", ENTITIES)
def test_the_documents_differ_in_nothing_but_their_entities(entities: int) -> None:
    text, clusters = made_document(entities)
    assert text == made_document(ENTITIES[0])[0]
    assert len(clusters) == entities
    mentions = sorted((m.start, m.end) for cluster in clusters for m in cluster)
    assert len(set(mentions)) == MENTIONS
    assert mentions == sorted((m.start, m.end) for c in made_document(20)[1] for m in c)


def test_a_document_has_as_many_pieces_as_it_says() -> None:
    text, clusters = made_document(20)
    features = build_features(
        text, (), clusters, tokenizer=load_tokenizer(default_encoder()), max_pieces=PIECES + 2
    )
    (window,) = features.windows
    assert len(window.input_ids) == PIECES + 2  # [CLS] and [SEP]
