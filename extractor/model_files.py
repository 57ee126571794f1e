"""What a folder that somebody gave may hold before transformers sees it: data, no code.

It is asked of checkpoints and of the encoders that training starts from, by path or by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from transformers.utils.hub import cached_file

from extractor.errors import CheckpointRejected
from extractor.manifest import COPY, read_json

REFUSED = {
    **dict.fromkeys((".py", ".pyc", ".so"), "is code"),
    **dict.fromkeys(
        (".bin", ".ckpt", ".dill", ".joblib", ".pickle", ".pkl", ".pt", ".pt2", ".pth"),
        "is a pickle, which is code",
    ),
}
"""Kinds of files that run when they are opened."""
OTHER_MODELS = frozenset({"adapter_config.json", "model.safetensors.index.json"})
"""Files by which transformers goes on to weights elsewhere."""
SETTINGS = ("config.json", "tokenizer_config.json")
"""What transformers reads first of a model on a hub, and where it names code."""
LARGEST_HEADER = 16 * 2**20
"""Bytes of the header of weights; two encoders of 24 layers have 0.1 MB."""


def refuse_code(source: Path | str) -> None:
    """Refuse a model, by the folder or its name on a hub, that brings or names code.

    Raises:
        CheckpointRejected: it does; the message names the file and what to do.
    """
    for path in _files(source):
        why = REFUSED.get(path.suffix.lower())
        if path.name in OTHER_MODELS:
            why = "names weights elsewhere"
        elif not path.is_file() and not path.is_dir():
            why = "is no ordinary file"
        if why:
            raise CheckpointRejected(
                f"{path} {why}; a model is data here, with all its weights in model.safetensors: "
                "remove this file, or choose another model"
            )
        if path.suffix == ".json":
            read_json(path)


def _files(source: Path | str) -> list[Path]:
    """Return what a folder holds, or what of a model on a hub decides what else is fetched."""
    if Path(source).is_dir():
        return sorted(Path(source).iterdir())
    found = [file_of(source, name) for name in (*SETTINGS, *sorted(OTHER_MODELS))]
    return [path for path in found if path is not None]


def file_of(source: Path | str, name: str) -> Path | None:
    """Return a file of a model, by the folder or its name on a hub; None where it has none.

    Raises:
        CheckpointRejected: there is no such model.
    """
    try:
        found = cached_file(
            source,
            name,
            _raise_exceptions_for_missing_entries=False,
            _raise_exceptions_for_connection_errors=False,
        )
    except (OSError, ValueError) as error:
        raise CheckpointRejected(
            f"{source} is neither a folder nor the name of a model that can be fetched: {error}"
        ) from error
    return None if found is None else Path(found)


def stored_shapes(path: Path) -> Mapping[str, tuple[int, ...]]:
    """Return the shapes of the tensors of a weights file, from its header alone.

    Raises:
        CheckpointRejected: it is damaged, or its header is too large.
    """
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
        if size > LARGEST_HEADER:
            raise CheckpointRejected(
                f"{path} has a header of {size / 2**20:,.0f} MB, more than any weights need: {COPY}"
            )
        with safe_open(path, framework="pt") as stored:
            names = stored.keys()
            return {name: tuple(stored.get_slice(name).get_shape()) for name in names}
    except (OSError, SafetensorError) as error:
        raise CheckpointRejected(f"{path} cannot be read as weights: {error}; {COPY}") from error
