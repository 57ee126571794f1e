"""Sentences, clusters and links of five documents, as they were last accepted.

After a change that is meant run `FACTLOOM_TEST_UPDATE_GOLDEN=1 pytest tests/golden`, then read the
diff.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from extractor.clusters import cluster_mentions
from extractor.linking import link_clusters, mentioned_names
from extractor.schema import Candidate, Document
from extractor.text.sentences import split_sentences
from tests.unit.extractor.annotated import read_annotated

GOLDEN = Path(__file__).with_name("entities.json")
INDEX = tuple(
    Candidate(
        id=f"wikidata:{id_}",
        name=name,
        type=type_,
        aliases=aliases,
        description=description,
        popularity=popularity,
    )
    for id_, name, type_, aliases, description, popularity in (
        ("Q84", "London", "LOC", (), "capital of England", 400),
        ("Q92561", "London", "LOC", (), "city in Ontario, Canada", 60),
        ("Q7259", "Ada Lovelace", "PER", ("Ada", "Lovelace"), "", 120),
        ("Q1065", "United Nations", "ORG", ("UN", "UNO"), "", 300),
        ("Q30", "United States", "LOC", ("USA", "US"), "", 500),
    )
)
DOCUMENTS = {
    "ada": "[Ada Lovelace|PER] was born in [London|LOC] in [1815|TIME]. [Lovelace|PER] knew Dr. "
    "[Babbage|PER]; [Charles Babbage|PER] taught her.",
    "ontario": "[London|LOC] lies in [Ontario|LOC], [Canada|LOC]. It is no small city.",
    "smiths": "[John Smith|PER] met [Mary Smith|PER]. [Smith|PER] left for the [United States|LOC] "
    "([USA|LOC]) with [two|NUM] [American|LOC] friends.",
    "nations": "The [United Nations|ORG] ([UN|ORG]) met [Columbia Records|ORG]. [Columbia|ORG] "
    "sang! [UNO|ORG] staff danced.",
    "signs": "😀 [Łukasz Żak|PER] founded [Café 漢字|ORG]. [Żak|PER] sold the "
    "[CAFE 漢字|ORG] in [1999|TIME].",
}


def entities_of(name: str) -> dict[str, Any]:
    text, mentions, _ = read_annotated(DOCUMENTS[name])
    document = Document(
        id=f"golden:{name}",
        source="golden",
        title=name,
        text=text,
        updated_at="2026-01-31T12:00:00Z",
    )
    clusters = cluster_mentions(text, mentions)
    forms = {form for cluster in clusters for form in mentioned_names(document, cluster)}
    entities = link_clusters(document, clusters, dict.fromkeys(forms, INDEX))
    return {
        "sentences": [text[span.start : span.end] for span in split_sentences(text)],
        "entities": [
            {
                "id": entity.id,
                "name": entity.name,
                "type": entity.type,
                "confidence": entity.link_confidence,
                "mentions": [f"{m.start} {text[m.start : m.end]}" for m in entity.mentions],
            }
            for entity in entities
        ],
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_sentences_and_entities_are_those_last_accepted(name: str) -> None:
    found = entities_of(name)
    known = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    if os.environ.get("FACTLOOM_TEST_UPDATE_GOLDEN"):
        known[name] = found
        GOLDEN.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == known.get(name)
