"""`factloom forget` beyond the graph: texts in the folders that runs work in, and checkpoints."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from extractor.checkpoint import TrainingRecord
from extractor.datasets.docred import LabelledDocument
from extractor.schema import Document
from flows.cli.views.summary import show_erasure
from flows.cli.views.terminal import console
from flows.components import close_components, components
from flows.forget import erase
from flows.ingest.exchange import Exchange
from flows.params import IngestParams
from flows.retrain.data import TEXTS, TRAINING, Gathered, save_gathered
from flows.run.own_folders import claimed
from tests.checkpoints import write_tiny_checkpoint
from tests.e2e.running import run

pytestmark = pytest.mark.e2e

TITLE, TEXT = "Ada of Bonn", "Ada Lovelace was born in London."


@pytest.fixture
def training(
    tmp_path: Path, local_profile: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The folder of challengers, in settings with a registry that has one which learnt `TITLE`."""
    monkeypatch.setenv("FACTLOOM_RUN__SHARED_FOLDER", str(tmp_path / "shared"))
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__REGISTRY", str(tmp_path / "registry"))
    record = TrainingRecord(relation_titles=(TITLE,))
    write_tiny_checkpoint(tmp_path / "registry" / "learnt", record=record)
    close_components()
    folder = components().settings.home / TRAINING
    yield folder
    shutil.rmtree(folder)  # the home is the session's


def test_a_forgotten_document_is_nowhere_on_disk_or_it_is_told_where(
    tmp_path: Path, training: Path, make_document: Callable[..., Document]
) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(json.dumps({"id": "1", "title": TITLE, "text": TEXT}))
    run(IngestParams(path=file, name="mine"))
    document = make_document(id="mine:1", source="mine", title=TITLE, text=TEXT)
    item = LabelledDocument(document=document, labels=())
    for name in ("dead", "lives"):
        gathered = Gathered(documents=(item,), set_aside=(), counts={}, left_out={})
        save_gathered(gathered, training / name, {})
    dead, lives, other = (Exchange(tmp_path / "shared", UUID(int=number)) for number in (1, 2, 3))
    for files, shard in ((dead, document), (lives, document), (other, make_document())):
        files.folder.mkdir(parents=True)
        files.put_documents(0, [shard])

    with claimed(training / "lives"), claimed(lives.folder), claimed(other.folder):
        erasure = erase(document.id)
    assert erasure.written.documents_removed == 1
    assert erasure.removed == (training / "dead" / TEXTS, dead.folder)
    assert erasure.kept == (training / "lives" / TEXTS, lives.folder)
    assert (erasure.complete, erasure.learnt_by) == (False, ("learnt",))
    assert other.documents(0)
    with console.capture() as told:
        show_erasure(console, erasure)
    assert "a living run works there" in " ".join(told.get().split())

    again = erase(document.id)
    assert (again.complete, again.kept) == (True, ())
    for folder in (tmp_path / "shared", training):
        assert not [each for each in folder.rglob("*.json*") if TEXT in each.read_text()]
