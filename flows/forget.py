"""`factloom forget`: erase one document, and look whether anything of ours still names it.

Beside the graph, texts lie in the folders that a run works in. What dead runs left there goes, each
of it; a living one removes its own when it ends, so that it is told where it has the document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError
from extractor.errors import CheckpointRejected
from extractor.manifest import read_object
from flows.components import components
from flows.errors import FolderTaken
from flows.ingest.exchange import folders_of_runs
from flows.retrain.data import TEXTS, begun
from flows.run.context import Run, recorded, run_info
from flows.run.own_folders import claimed, listed, remove
from graph.model.records import UpsertReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What erasing a document did."""

    document: str
    written: UpsertReport
    traces: Mapping[str, int]
    """Where the graph still names the document, and how often; all zero when it is gone."""
    removed: tuple[Path, ...]
    """Folders with texts that dead runs left, which are gone now."""
    kept: tuple[Path, ...]
    """Those with its text that a living run needs, and all that cannot be read or removed."""
    learnt_by: tuple[str, ...]
    """Checkpoints that were trained on a document of its title; the record keeps the title."""
    in_source: bool | None
    """Whether the settings' source still has it; None where that cannot be told."""

    @property
    def complete(self) -> bool:
        """Whether neither the graph nor a folder of ours has anything of the document any more."""
        return not any(self.traces.values()) and not self.kept


def erase(document: str) -> Erasure:
    """Erase a document with all that only it supports; erasing it again does nothing."""
    graph = components().graph
    title = graph.title(document)
    # A run of its own: an ingest that has the document in hand may not write it afterwards.
    with recorded(Run(run_info("forget"))) as run:
        written = run.writer.retract([document])
        run.finish("Completed", {})
    removed, kept = _clear_folders(document)
    return Erasure(
        document=document,
        written=written,
        traces=graph.traces(document),
        removed=removed,
        kept=kept,
        learnt_by=tuple(_learnt_by(title)) if title else (),
        in_source=_in_source(document),
    )


def _clear_folders(document: str) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Remove the texts that dead runs left; return what went, and what stays with the document."""
    settings = components().settings
    removed, kept = list[Path](), list[Path]()
    for base, find, texts in (
        (settings.home, begun, TEXTS),
        (settings.run.shared_folder, folders_of_runs, ""),
    ):
        try:
            folders = find(base)
        except OSError as error:
            kept.append(Path(error.filename or base))
            continue
        for folder in folders:
            place = folder / texts
            try:
                with claimed(folder):
                    (removed if remove(place) else kept).append(place)
            except FolderTaken:
                if _may_name(place, document):
                    kept.append(place)
    return tuple(removed), tuple(kept)


def _may_name(folder: Path, document: str) -> bool:
    """Return whether a file in a folder of JSON names a document, or cannot be read."""
    wanted = json.dumps(document, ensure_ascii=False).encode()
    try:
        return any(_holds(path, wanted) for path in listed(folder))
    except OSError:
        return True


def _holds(path: Path, wanted: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return any(wanted in line for line in file)
    except FileNotFoundError:
        return False  # the living run is done with it


def _learnt_by(title: str) -> Iterator[str]:
    """Yield the checkpoints whose training record lists a title, or cannot be read."""
    for folder in components().models.checkpoints():
        try:
            record = read_object(folder / "training_record.json")
        except CheckpointRejected:
            yield f"{folder.name}, maybe: its training_record.json cannot be read"
            continue
        if any(title in titles for use, titles in record.items() if use.endswith("_titles")):
            yield folder.name


def _in_source(document: str) -> bool | None:
    """Return whether the source would bring the document back."""
    try:
        with closing(components().source()) as source:
            if not document.startswith(f"{source.name}:"):
                return None
            return source.missing({document: ""}).get(document, "") is not None
    except CorpusError:
        return None  # what is erased is erased, whether or not the source answers
