"""Labelled documents that say where people were born and where they studied, in DocRED's format."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from extractor.datasets.splits import in_dev_tenth, in_held_out_fifth
from extractor.encoder.encoder import default_encoder
from extractor.text.pieces import load_tokenizer
from tests.checkpoints import tiny_encoder

PEOPLE = ("Ada", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal", "Ida", "Joe")
PLACES = ("Bonn", "Cork", "Kiel", "Lima", "Oslo", "Pisa", "Riga", "Rome", "Turin", "York")
SAID = {"P19": ("was", "born", "in"), "P69": ("studied", "law", "at"), None: ("never", "saw", "")}
TITLES = [f"{person} of {place}" for person in PEOPLE for place in PLACES]
NEWS = [f"{person} and {place}" for person in PEOPLE for place in PLACES]


def trains(title: str) -> bool:
    """Tell whether a document's labels may train."""
    return not in_held_out_fifth(title) and not in_dev_tenth(title)


def stated(title: str) -> str | None:
    """Return the relation that a document states, the same for a title always."""
    return random.Random(title).choice(list(SAID))


def record(title: str, relation: str | None) -> dict[str, Any]:
    """Return a document, labelled with a relation that it may not state."""
    person, joined, place = title.split(" ")
    health = "well" if joined == "of" else "ill"  # no text of the news is one of `TITLES`
    verb = [word for word in SAID[stated(title)] if word]
    return {
        "title": title,
        "sents": [[person, *verb, place, "."], [person, "is", health, "."]],
        "vertexSet": [
            [
                {"name": person, "sent_id": 0, "pos": [0, 1], "type": "PER"},
                {"name": person, "sent_id": 1, "pos": [0, 1], "type": "PER"},
            ],
            [
                {
                    "name": place,
                    "sent_id": 0,
                    "pos": [1 + len(verb), 2 + len(verb)],
                    "type": "LOC",
                }
            ],
        ],
        "labels": [{"h": 0, "r": relation, "t": 1, "evidence": [0]}] if relation else [],
    }


def write_true(path: Path, titles: Iterable[str] = TITLES) -> Path:
    """Write documents with what they state."""
    return _write(path, [record(title, stated(title)) for title in titles])


def write_shuffled(path: Path) -> Path:
    """Write documents with the labels of others, the held-out fifth apart."""
    spoilt = [title for title in TITLES if not in_held_out_fifth(title)]
    labels = [stated(title) for title in spoilt]
    random.Random(1).shuffle(labels)
    wrong = dict(zip(spoilt, labels, strict=True))
    return _write(path, [record(title, wrong.get(title, stated(title))) for title in TITLES])


def write_encoder(folder: Path) -> Path:
    """Write a tiny encoder with random weights, and its tokenizer."""
    tokenizer = load_tokenizer(default_encoder())
    tokenizer.save_pretrained(folder)
    tiny_encoder(tokenizer).transformer.save_pretrained(folder)  # type: ignore[operator]
    return folder


def _write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(records), encoding="utf-8")
    return path
