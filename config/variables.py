"""The environment variables that settings are read from, and the files that hold secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.errors import SettingsRejected

PREFIX = "FACTLOOM_"
DELIMITER = "__"
FILE = "_FILE"
TESTS = "FACTLOOM_TEST_"
"""Variables that tell the tests where servers are; no settings."""


def variable(*path: str) -> str:
    """Return the variable of a setting: ('graph', 'uri') -> FACTLOOM_GRAPH__URI."""
    return PREFIX + DELIMITER.join(path).upper()


def settings_by_variable(model: type[BaseModel], *path: str) -> Iterator[tuple[str, FieldInfo]]:
    """Yield each single setting with its variable, in the order of the classes."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_by_variable(field.annotation, *path, name)
        else:
            yield variable(*path, name), field


def is_secret(field: FieldInfo) -> bool:
    """Return whether the value must not be shown."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


def suggestion(name: str, model: type[BaseModel]) -> str:
    """Return ' (did you mean X?)' for a variable that resembles a known one, else ''."""
    near = get_close_matches(name, [known for known, _ in settings_by_variable(model)], n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def resolve_files(
    variables: Mapping[str, str | None], model: type[BaseModel]
) -> dict[str, str | None]:
    """Return the variables with every `<NAME>_FILE` replaced by `<NAME>` and the file's text.

    Args:
        variables: names in lower case, as pydantic-settings keeps them; no empty values.
        model: the settings' class.

    Raises:
        SettingsRejected: a variable of ours is unknown, a secret is given twice, or its file
            cannot be read.
    """
    known = {name.lower(): field for name, field in settings_by_variable(model)}
    sections = {variable(name).lower() for name in model.model_fields}
    resolved, problems = dict(variables), list[str]()
    for name in variables:
        value = name.removesuffix(FILE.lower())
        if not name.startswith(PREFIX.lower()) or name in known or name in sections:
            continue
        if name.startswith(TESTS.lower()):
            continue
        if value != name and value in known and is_secret(known[value]):
            try:
                resolved[value] = _secret(value.upper(), variables)
            except ValueError as error:
                problems.append(str(error))
            del resolved[name]
        else:
            problems.append(f"{name.upper()} is no setting{suggestion(name.upper(), model)}")
    if problems:
        raise SettingsRejected(problems)
    return resolved


def _secret(name: str, variables: Mapping[str, str | None]) -> str:
    """Return the text of a secret's file; the message of a failure names the variable."""
    if variables.get(name.lower()):
        raise ValueError(f"{name} and {name}{FILE} are both given; keep one of them")
    path = Path(variables[f"{name}{FILE}".lower()] or "")
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ValueError(f"{name}{FILE}: cannot read {path}: {reason}") from error
    if not text:
        raise ValueError(f"{name}{FILE}: {path} is empty; write the secret into it")
    return text
