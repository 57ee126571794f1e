"""The sample corpus keeps its promises: see samples/README.md."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[3] / "samples"

# fmt: off
RELATION_NUMBERS = (
    6, 17, 19, 20, 22, 25, 26, 27, 30, 31, 35, 36, 37, 39, 40, 50, 54, 57, 58, 69, 86, 102, 108,
    112, 118, 123, 127, 131, 136, 137, 140, 150, 155, 156, 159, 161, 162, 166, 170, 171, 172,
    175, 176, 178, 179, 190, 194, 205, 206, 241, 264, 272, 276, 279, 355, 361, 364, 400, 403,
    449, 463, 488, 495, 527, 551, 569, 570, 571, 576, 577, 580, 582, 585, 607, 674, 676, 706,
    710, 737, 740, 749, 800, 807, 840, 937, 1001, 1056, 1198, 1336, 1344, 1365, 1366, 1376,
    1412, 1441, 3373,
)
# fmt: on
RELATIONS = frozenset(f"P{number}" for number in RELATION_NUMBERS)
INVERSE_PAIRS = (("P361", "P527"), ("P155", "P156"), ("P36", "P1376"), ("P710", "P1344"))
SYMMETRIC = ("P26", "P3373")


def read(name: str) -> list[dict[str, Any]]:
    lines = (SAMPLES / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def documents() -> dict[str, dict[str, Any]]:
    return {document["id"]: document for document in read("documents.jsonl")}


@pytest.fixture(scope="module")
def entities() -> dict[str, dict[str, Any]]:
    return {entity["id"]: entity for entity in read("entities.jsonl")}


@pytest.fixture(scope="module")
def entries_of_name(entities: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    entries: dict[str, set[str]] = defaultdict(set)
    for entity in entities.values():
        for name in (entity["name"], *entity["aliases"]):
            entries[name].add(entity["id"])
    return entries


def test_the_list_of_relations_is_complete() -> None:
    assert len(RELATIONS) == 96


@pytest.mark.parametrize("name", ["documents.jsonl", "entities.jsonl"])
def test_ids_are_unique(name: str) -> None:
    counts = Counter(record["id"] for record in read(name))
    assert [id for id, count in counts.items() if count > 1] == []


def test_at_least_forty_documents_of_moderate_length(
    documents: dict[str, dict[str, Any]],
) -> None:
    assert len(documents) >= 40
    lengths = {id: len(document["text"].split()) for id, document in documents.items()}
    assert {id: words for id, words in lengths.items() if not 80 <= words <= 200} == {}


def test_documents_carry_a_fixed_width_utc_time(documents: dict[str, dict[str, Any]]) -> None:
    pattern = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    assert all(pattern.fullmatch(document["updated_at"]) for document in documents.values())


def test_entities_have_wikidata_ids_and_linkable_types(
    entities: dict[str, dict[str, Any]],
) -> None:
    for entity in entities.values():
        assert re.fullmatch(r"wikidata:Q[1-9]\d*", entity["id"])
        assert entity["type"] in {"PER", "ORG", "LOC", "MISC"}
        assert entity["popularity"] > 0


def test_facts_use_known_relations_and_names_of_their_document(
    documents: dict[str, dict[str, Any]],
) -> None:
    for fact in read("facts.jsonl"):
        text = documents[fact["document"]]["text"]
        names = [fact["head"], fact["tail"], *fact["head_names"], *fact["tail_names"]]
        assert fact["relation"] in RELATIONS, fact
        assert [name for name in names if name not in text] == [], fact


def test_no_fact_is_listed_twice_and_every_document_states_some(
    documents: dict[str, dict[str, Any]],
) -> None:
    facts = Counter(
        (fact["document"], fact["head"], fact["relation"], fact["tail"])
        for fact in read("facts.jsonl")
    )
    assert [fact for fact, count in facts.items() if count > 1] == []
    assert {document for document, *_ in facts} == set(documents)


def test_inverse_and_symmetric_facts_are_listed_both_ways() -> None:
    stated = {
        (fact["document"], fact["head"], fact["relation"], fact["tail"])
        for fact in read("facts.jsonl")
    }
    inverse = {relation: relation for relation in SYMMETRIC}
    for one, other in INVERSE_PAIRS:
        inverse |= {one: other, other: one}
    missing = [
        (document, tail, inverse[relation], head)
        for document, head, relation, tail in stated
        if relation in inverse and (document, tail, inverse[relation], head) not in stated
    ]
    assert missing == []


def test_at_least_ten_names_have_two_entries(entries_of_name: dict[str, set[str]]) -> None:
    assert sum(len(ids) > 1 for ids in entries_of_name.values()) >= 10


def test_ambiguous_names_occur_and_their_right_entry_is_one_of_several(
    documents: dict[str, dict[str, Any]], entries_of_name: dict[str, set[str]]
) -> None:
    for line in read("ambiguous.jsonl"):
        assert line["name"] in documents[line["document"]]["text"], line
        assert line["id"] in entries_of_name[line["name"]], line
        assert len(entries_of_name[line["name"]]) > 1, line


def test_the_more_popular_entry_is_wrong_in_at_least_three_documents(
    entities: dict[str, dict[str, Any]], entries_of_name: dict[str, set[str]]
) -> None:
    misleading = {
        line["document"]
        for line in read("ambiguous.jsonl")
        if any(
            entities[other]["popularity"] > entities[line["id"]]["popularity"]
            for other in entries_of_name[line["name"]]
        )
    }
    assert len(misleading) >= 3
