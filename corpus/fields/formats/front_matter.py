"""YAML in front of a Markdown text: its title and date are read, the rest is left alone."""

from __future__ import annotations

import re

import yaml

MAX_BYTES = 64 * 1024
_FRONT = re.compile(
    r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the single values of a text's front matter, and the text after it.

    What stands between two rules but is no YAML of names and values stays in the text.
    """
    found = _FRONT.match(text, 0, MAX_BYTES)
    if not found:
        return {}, text
    try:
        node = yaml.compose(found[1], Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    if not isinstance(node, yaml.MappingNode):
        return {}, text
    values = {
        str(name.value).lower(): value.value
        for name, value in node.value
        if isinstance(name, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode)
    }
    return values, text[found.end() :]
