"""What a checkpoint's folder tells without its weights being loaded: its name and its relations."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from extractor.errors import CheckpointRejected, VocabularyRejected
from extractor.relations import RelationVocabulary

FORMAT = "factloom-3"
REMEDY = "set FACTLOOM_EXTRACTOR__CHECKPOINT to the folder of a checkpoint"


def read_config(folder: Path) -> dict[str, Any]:
    """Return a checkpoint's configuration.

    Raises:
        CheckpointRejected: it is missing, damaged, or of another format.
    """
    config = read_object(folder / "config.json")
    if config.get("format") != FORMAT:
        raise CheckpointRejected(
            f"{folder}: format {config.get('format')!r} is not {FORMAT!r}; "
            "is this a checkpoint of this version of Factloom?"
        )
    return config


def read_vocabulary(folder: Path) -> RelationVocabulary:
    """Return the relations of a checkpoint.

    Raises:
        CheckpointRejected: its configuration is missing or damaged.
    """
    try:
        return RelationVocabulary.from_json(read_config(folder)["relations"]["vocabulary"])
    except (KeyError, TypeError, AttributeError, VocabularyRejected) as error:
        raise CheckpointRejected(f"{folder} is damaged or incomplete: {error}") from error


def read_languages(folder: Path) -> tuple[str, ...]:
    """Return the languages that a checkpoint speaks, as ISO 639-1 codes.

    Raises:
        CheckpointRejected: its configuration is missing or damaged.
    """
    languages = read_config(folder).get("languages")
    if not isinstance(languages, list) or not all(isinstance(each, str) for each in languages):
        raise CheckpointRejected(f"{folder} is damaged or incomplete: it names no languages")
    return tuple(languages)


def checkpoint_name(folder: Path) -> str:
    """Return what names a checkpoint in the graph: 'factloom-minilm@1f3a09c2'.

    Raises:
        CheckpointRejected: it has no weights.
    """
    return f"{folder.resolve().name}@{weights_hash(folder)[:8]}"


def weights_hash(folder: Path) -> str:
    """Return the sha256 of a checkpoint's weights file.

    Raises:
        CheckpointRejected: there is none.
    """
    try:
        with (folder / "model.safetensors").open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointRejected(f"no weights in {folder}: {error.strerror}; {REMEDY}") from error


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object that a file of a checkpoint holds.

    Raises:
        CheckpointRejected: it cannot be read, or holds something else.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CheckpointRejected(f"{path} cannot be read ({error.strerror}); {REMEDY}") from error
    except ValueError as error:
        raise CheckpointRejected(f"{path} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise CheckpointRejected(f"{path} does not hold an object")
    return value
