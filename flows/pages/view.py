"""`factloom view`: an entity's neighbourhood as one HTML page."""

from __future__ import annotations

import re
from pathlib import Path

from extractor.names import fold_name
from flows.corrections.lookup import Choose, find_entity
from flows.pages.view_page import view_page
from graph.client import Graph
from graph.reading.neighbourhood import Neighbourhood, neighbourhood

GENERATOR = b'<meta name="generator" content="factloom view">'
HEAD_BYTES = 1024
"""Enough of a page to find what generated it."""


def write_view(
    graph: Graph,
    name: str,
    output: Path | None,
    *,
    depth: int,
    limit: int,
    choose: Choose,
    possible: bool = False,
) -> tuple[Path, Neighbourhood]:
    """Write the page of an entity; return where it is and what it shows.

    Args:
        graph: the graph.
        name: an id, a name or an alias.
        output: where the page goes; None: into the working folder, under the entity's name.
        depth: how many edges away from the entity the page reaches.
        limit: how many edges it shows at most.
        choose: decides what an ambiguous name means.
        possible: whether it shows edges that are only possible.

    Raises:
        NoSuchEntity: there is no such entity.
        FileExistsError: nobody named the file, and another than such a page is there.
    """
    centre = find_entity(graph, name, choose)
    path = output or free_path(centre.name)
    found = neighbourhood(graph.read, centre, depth=depth, limit=limit, possible=possible)
    path.write_text(view_page(found), encoding="utf-8")
    return path, found


def free_path(name: str) -> Path:
    """Return the default path of an entity's page, where none or an older such page is.

    Raises:
        FileExistsError: something else is there.
    """
    path = default_path(name)
    ours = path.is_file() and GENERATOR in path.read_bytes()[:HEAD_BYTES]
    if path.exists() and not ours:
        raise FileExistsError(f"{path} is no page of ours: name another file with --output")
    return path


def default_path(name: str) -> Path:
    """Return a file name made of an entity's name: nothing in it can be a folder or an option."""
    slug = re.sub(r"\W+", "-", fold_name(name)).strip("-")[:80]
    return Path(f"{slug or 'entity'}.html")
