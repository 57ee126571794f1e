"""Which files a checkpoint consists of, and the name that they give it.

`digests.json` has the sha256 of each file that was saved; it seals the checkpoint. A file that is
missing, changed or was put beside them is refused. What people read of a checkpoint (`BESIDE`), and
hidden files, belong to none.

    factloom-minilm@1f3a09c2      folder, and the start of the hash of all that changes the output

The record of what a checkpoint was trained on is sealed, but changes no output. Checkpoints of 0.1
(format `factloom-3`) have no seal, or got one later, and keep the name that stands in users'
graphs: the start of the hash of their weights.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from extractor.errors import CheckpointRejected
from extractor.files import file_hash
from extractor.manifest import COPY, FORMAT_OF_0_1, REMEDY, read_config, read_object

DIGESTS = "digests.json"
BESIDE = frozenset({DIGESTS, "README.md", "scores.json", "retraining.json", "retraining.json.part"})
"""The last is what a killed process left of the report of a challenge."""
WEIGHTS = "model.safetensors"
RECORD = "training_record.json"
LARGEST_FILE = 2 * 2**30
"""Bytes: about twice the int8 weights of a detector and a model over the largest XLM-R."""
SHIPPED_WITH_0_1 = {
    "fa5003fc": "b0685155b204fc82f7da9baefc6cdefa6cac1eb75f33160df441e124a3b81c11",
}
"""Names by weights alone -> the hash of all that changes the output of that checkpoint. With
anything else about them, these weights are another checkpoint."""


def checkpoint_name(folder: Path) -> str:
    """Return what names a checkpoint in the graph: 'factloom-minilm@1f3a09c2'.

    Raises:
        CheckpointRejected: a file is missing, or not the one that was saved.
    """
    return name_of(folder, checked_digests(folder))


def name_of(folder: Path, digests: Mapping[str, str]) -> str:
    """Return what names a checkpoint of these digests in the graph."""
    whole, by_weights = output_hash(digests), digests[WEIGHTS][:8]
    named_by_weights = (
        read_config(folder)["format"] == FORMAT_OF_0_1
        and SHIPPED_WITH_0_1.get(by_weights, whole) == whole
    )
    return f"{folder.resolve().name}@{by_weights if named_by_weights else whole[:8]}"


def seal(folder: Path) -> None:
    """Write the digests of the files of a checkpoint, when all of them are there.

    Raises:
        CheckpointRejected: a file cannot be read, or is too large to be one of a checkpoint.
    """
    text = json.dumps(_digests(folder), indent=1) + "\n"
    (folder / DIGESTS).write_text(text, encoding="utf-8")


def checked_digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file of a checkpoint, which are those that were saved.

    Raises:
        CheckpointRejected: a file is missing, changed or unknown; the message names it.
    """
    may_lack_a_seal = read_config(folder)["format"] == FORMAT_OF_0_1
    found = _digests(folder)
    if WEIGHTS not in found:
        raise CheckpointRejected(f"no weights in {folder}: {WEIGHTS} is missing; {REMEDY}")
    if may_lack_a_seal and not (folder / DIGESTS).exists():
        return found
    saved = read_object(folder / DIGESTS)
    for name in sorted({*saved, *found}):
        if saved.get(name) != found.get(name):
            raise CheckpointRejected(_difference(folder / name, saved, found))
    return found


def output_hash(digests: Mapping[str, str]) -> str:
    """Return the sha256 of all that changes the output of a checkpoint."""
    parts = {name: digest for name, digest in digests.items() if name != RECORD}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _difference(path: Path, saved: Mapping[str, object], found: Mapping[str, str]) -> str:
    if path.name not in saved:
        return f"{path} is no file of this checkpoint ({DIGESTS} does not name it): remove it"
    what = "is missing" if path.name not in found else "is not the file that was saved"
    return f"{path} {what} ({DIGESTS} names another sha256): {COPY}"


def _digests(folder: Path) -> dict[str, str]:
    try:
        files = sorted(
            path
            for path in folder.iterdir()
            if path.name not in BESIDE and not path.name.startswith(".") and path.is_file()
        )
        return {path.name: _digest(path) for path in files}
    except OSError as error:
        raise CheckpointRejected(
            f"{error.filename} cannot be read ({error.strerror}); {REMEDY}"
        ) from error


def _digest(path: Path) -> str:
    if (size := path.stat().st_size) > LARGEST_FILE:
        raise CheckpointRejected(
            f"{path} has {size / 2**30:,.1f} GB, more than any file of a checkpoint: {COPY}"
        )
    return file_hash(path)
