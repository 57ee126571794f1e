"""docker-compose.yml as Compose reads it: variables filled in, YAML parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
COMPOSE = ROOT / "docker-compose.yml"


class Unset(Exception):
    """A variable that must have a value has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpolated:
    """The file's text after substitution, and the variables that it asked for."""

    text: str
    names: frozenset[str]


def interpolated(variables: Mapping[str, str]) -> Interpolated:
    """Substitute `${NAME}` and `${NAME:?message}`; the only forms that the file uses.

    Raises:
        Unset: a variable is empty or absent.
    """
    names: set[str] = set()

    def substitute(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        name = match["name"]
        names.add(name)
        if not variables.get(name):
            raise Unset(name)
        return variables[name]

    pattern = r"\$(?:(?P<escaped>\$)|\{(?P<name>[A-Z0-9_]+)(?::\?[^}]*)?\})"
    text = re.sub(pattern, substitute, COMPOSE.read_text())
    return Interpolated(text=text, names=frozenset(names))


def parsed(variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the whole file, anchors and merges resolved."""
    found: dict[str, Any] = yaml.safe_load(interpolated(variables).text)
    return found


def services(variables: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the services, anchors and merges resolved."""
    found: dict[str, dict[str, Any]] = parsed(variables)["services"]
    return found
