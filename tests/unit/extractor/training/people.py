"""Labelled documents about people who were born in places."""

from __future__ import annotations

from typing import Any

from extractor.training.trainer import TrainingProgress

PEOPLE = ["Ada", "Bert", "Carl", "Dora", "Emma", "Frank", "Greta", "Hugo"]


PLACES = ["London", "Paris", "Bonn", "Rome"]


VOCABULARY = {"P19": "place of birth", "P17": "country"}


def quiet(progress: TrainingProgress) -> None:
    pass


def record(title: str, person: str, place: str) -> dict[str, Any]:
    return {
        "title": title,
        "sents": [[person, "was", "born", "in", place, "."], ["Nobody", "else", "was", "."]],
        "vertexSet": [
            [{"name": person, "pos": [0, 1], "sent_id": 0, "type": "PER"}],
            [{"name": place, "pos": [4, 5], "sent_id": 0, "type": "LOC"}],
        ],
        "labels": [{"h": 0, "t": 1, "r": "P19", "evidence": [0]}],
    }
