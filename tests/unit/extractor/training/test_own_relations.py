"""A user's own relations: CSV, documents and vocabulary -> a trained checkpoint -> statements."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerBase

from extractor.checkpoint import Checkpoint
from extractor.pipeline import Extractor
from extractor.schema import Candidate, Document
from extractor.training.plan import TrainingPlan
from extractor.training.recipe import Recipe
from extractor.training.train import train
from tests.checkpoints import tiny_encoder, write_tiny_checkpoint
from tests.unit.extractor.annotated import annotated_document
from tests.unit.extractor.datasets.test_triples_csv import guides_files

pytestmark = pytest.mark.slow

FIRMS = ["Lumen Works", "Nordlys AS", "Delta Mills", "Aker Ltd"]
PEOPLE = ["Ida Krog", "Jon Vik", "Eva Lund"]
PLACES = ["Bergen", "Oslo", "Zurich"]
DOCUMENTS = 30


class NoIndex:
    version = "none"

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        return dict.fromkeys(names, ())


def write_files(folder: Path) -> None:
    """Write files like the guide's, with its very vocabulary and enough documents to train on."""
    (folder / "vocabulary.json").write_text(guides_files()["vocabulary.json"], encoding="utf-8")
    documents, triples, entities = [], [], []
    for n in range(DOCUMENTS):
        firm, person, place = FIRMS[n % 4], PEOPLE[n % 3], PLACES[n % 3]
        text = f"{firm} was founded by {person} in 1999. It moved to {place}."
        documents.append({"id": f"d{n}", "title": f"Firm {n}", "text": text})
        triples += [(f"d{n}", firm, "founder", person), (f"d{n}", firm, "seat", place)]
        entities += [(f"d{n}", firm, "ORG"), (f"d{n}", "1999", "TIME")]
    (folder / "documents.jsonl").write_text("\n".join(map(json.dumps, documents)))
    for name, header, rows in (
        ("triples.csv", ("document", "head", "relation", "tail"), triples),
        ("entities.csv", ("document", "name", "type"), entities),
    ):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def own(folder: Path, tokenizer: PreTrainedTokenizerBase) -> Checkpoint:
    write_files(folder)
    encoder = tiny_encoder(tokenizer)
    encoder.transformer.save_pretrained(folder / "encoder")  # type: ignore[operator]
    tokenizer.save_pretrained(folder / "encoder")
    plan = TrainingPlan(
        relations=folder / "triples.csv",
        documents=folder / "documents.jsonl",
        entities=folder / "entities.csv",
        vocabulary=folder / "vocabulary.json",
        mentions=(),
        base=write_tiny_checkpoint(folder / "base"),
        encoder=folder / "encoder",
        output=folder / "mine",
        relation_recipe=Recipe(epochs=12, batch_size=4, learning_rate=3e-3),
    )
    return train(plan, lambda progress: None)


def test_own_triples_make_a_checkpoint_with_own_relations(own: Checkpoint) -> None:
    assert own.relations.ids == ("founder", "seat", "owner")
    assert own.relations.types["founder"] == "FOUNDED_BY"
    assert not own.relations.admits("seat", "ORG", "PER")
    assert own.atlop.config.entity_types == ("LOC", "ORG", "PER", "TIME")
    assert own.record.relation_files.keys() == {"triples.csv"}
    assert own.record.dev_titles
    assert len(own.record.relation_documents_seen) < DOCUMENTS  # a fifth is held out


def test_mentions_are_not_scored_where_only_some_are_marked(own: Checkpoint, folder: Path) -> None:
    scores = json.loads((folder / "mine" / "scores.json").read_text(encoding="utf-8"))
    assert scores["relations"] is not None
    assert scores["mentions"] is None


def new_document() -> Document:
    return annotated_document(
        "[Aker Ltd|ORG|0] was founded by [Jon Vik|PER|1] in [1999|TIME|2]. "
        "It moved to [Oslo|LOC|3].",
        identifier="new",
    )


def test_such_a_checkpoint_asserts_what_it_was_taught(own: Checkpoint) -> None:
    (found,) = Extractor(own, NoIndex(), device="cpu").extract([new_document()])
    names = {entity.id: entity.name for entity in found.entities}
    said = {(names[s.head], s.relation, names[s.tail]) for s in found.statements}
    assert {("Aker Ltd", "founder", "Jon Vik"), ("Aker Ltd", "seat", "Oslo")} <= said
    types = {entity.id: entity.type for entity in found.entities}
    for statement in found.statements:
        assert own.relations.admits(
            statement.relation, types[statement.head], types[statement.tail]
        )
