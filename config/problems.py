"""A validation error in words: which variable, what is wrong, what to do."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.variables import is_secret, settings_by_variable, suggestion, variable


def problem_lines(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Return one line per problem; no line shows a secret."""
    return [_line(detail, model) for detail in error.errors()]


def _line(detail: ErrorDetails, model: type[BaseModel]) -> str:
    path = [str(part) for part in detail["loc"]]
    if detail["type"] == "value_error":
        reason = str(detail["ctx"]["error"])
        return f"{variable(*path)}: {reason}" if path else reason
    name = _variable_of(path, model)
    if detail["type"] == "extra_forbidden":
        return f"{name} is no setting{suggestion(name, model)}"
    message = detail["msg"][0].lower() + detail["msg"][1:]
    fields = dict(settings_by_variable(model))
    may_hold_a_secret = name not in fields or is_secret(fields[name]) or "@" in str(detail["input"])
    return f"{name}: {message}" + ("" if may_hold_a_secret else f", got {detail['input']!r}")


def _variable_of(path: list[str], model: type[BaseModel]) -> str:
    """Return the variable that a location lies in; one inside a JSON value is the value's own."""
    known = {name for name, _ in settings_by_variable(model)}
    for end in range(len(path), 0, -1):
        if variable(*path[:end]) in known:
            return variable(*path[:end])
    return variable(*path)
