"""What a checkpoint's folder tells without its weights being loaded: its name and its relations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from extractor.errors import CheckpointRejected, VocabularyRejected
from extractor.relations import RelationVocabulary

FORMAT = "factloom-4"
"""Named by all that changes its output, and sealed: `extractor.digests`."""
FORMAT_OF_0_1 = "factloom-3"
"""Named by its weights alone, and read as ever."""
LARGEST_JSON = 32 * 2**20
"""Bytes of the largest JSON file that is read; XLM-R's tokenizer has 17 MB."""
CODE = frozenset(
    {
        "auto_map",
        "configuration_files",
        "custom_pipelines",
        "gguf_file",
        "quantization_config",
        "attn_implementation",
        "_attn_implementation",
        "_attn_implementation_internal",
    }
)
"""Fields by which a file names code, or other files, that transformers would load."""
REMEDY = "set FACTLOOM_EXTRACTOR__CHECKPOINT to the folder of a checkpoint"
COPY = "copy the whole folder again, or retrain it"


def read_config(folder: Path) -> dict[str, Any]:
    """Return a checkpoint's configuration.

    Raises:
        CheckpointRejected: it is missing, damaged, or of another format.
    """
    config = read_object(folder / "config.json")
    if config.get("format") not in (FORMAT, FORMAT_OF_0_1):
        raise CheckpointRejected(
            f"{folder}: format {config.get('format')!r} is neither {FORMAT!r} nor "
            f"{FORMAT_OF_0_1!r}; is this a checkpoint of this version of Factloom?"
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


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object that a file of a checkpoint holds.

    Raises:
        CheckpointRejected: it cannot be read, holds something else, or names code.
    """
    value = read_json(path)
    if not isinstance(value, dict):
        raise CheckpointRejected(f"{path} does not hold an object")
    return value


def read_json(path: Path) -> Any:
    """Return the JSON that a file of a model holds; it is data that anybody may have written.

    Raises:
        CheckpointRejected: it cannot be read, is too large or nested too deep, or names code.
    """
    try:
        if path.exists() and not path.is_file():
            raise CheckpointRejected(f"{path} is no ordinary file: {COPY}")
        if (size := path.stat().st_size) > LARGEST_JSON:
            raise CheckpointRejected(
                f"{path} has {size / 2**20:,.0f} MB, more than the {LARGEST_JSON // 2**20} MB that "
                f"any file like it needs: {COPY}"
            )
        return json.loads(path.read_text(encoding="utf-8"), object_hook=_data_only)
    except OSError as error:
        raise CheckpointRejected(f"{path} cannot be read ({error.strerror}); {REMEDY}") from error
    except RecursionError:
        raise CheckpointRejected(f"{path} is nested deeper than any file like it: {COPY}") from None
    except _NamesCode as error:
        raise CheckpointRejected(
            f"{path} names code or files to load ({error.args[0]!r}); a model is data here, and "
            "nothing of it runs: choose a model without, or remove that field if it is not needed"
        ) from None
    except ValueError as error:
        raise CheckpointRejected(f"{path} is not JSON: {error}") from error


class _NamesCode(Exception):
    """An object has a field of `CODE` that says something."""


def _data_only(value: dict[str, Any]) -> dict[str, Any]:
    for field in CODE & value.keys():
        if value[field] is not None:
            raise _NamesCode(field)
    return value
