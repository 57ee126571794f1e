"""`factloom entities`: the file that the entity index is built from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.cli.views.terminal import console, errors, progress_bar

entities = typer.Typer(no_args_is_help=True, help="Make the file of an entity index.")


@entities.callback()
def _entities() -> None:
    """Keep `build` a command of its own, although it is the only one."""


@entities.command()
def build(
    source: Annotated[
        Path,
        typer.Argument(
            help="What the knowledge base publishes; .gz and .bz2 are read too. "
            "geonames: the places of that package."
        ),
    ],
    kind: Annotated[
        Literal["wikidata", "mesh", "csv", "jsonl", "geonames"] | None,
        typer.Option(
            help="A Wikidata JSON dump, a MeSH tree, a table of your own, or places "
            "(default: what it looks like)."
        ),
    ] = None,
    output: Annotated[Path, typer.Option(help="The file to write.")] = Path("entities.jsonl"),
    language: Annotated[
        list[str] | None,
        typer.Option(help="Of names in Wikidata, the first preferred; repeatable (default: en)."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Keep entities of this type (PER, Disease, ...); repeatable."),
    ] = None,
    types: Annotated[
        Path | None,
        typer.Option(help="CSV of Wikidata classes and their types, beside those known: Q515,LOC"),
    ] = None,
    redirects: Annotated[
        Path | None, typer.Option(help="CSV of merged ids, the old one and the new: Q2,Q1")
    ] = None,
) -> None:
    """Write the entities of a knowledge base as a file: for ingest, and load --entities."""
    from corpus.knowledge.building import build_entities
    from corpus.knowledge.wikidata import WikidataOptions
    from corpus.knowledge.wikidata_types import DEFAULT_TYPES, read_types
    from flows.run.progress import Progress, listener

    def show(done: int, total: int) -> None:
        megabytes = Progress(done=done // 2**20, total=max(1, total // 2**20), unit="MiB")
        listener.get()(megabytes)

    options = WikidataOptions(
        languages=tuple(language or ("en",)),
        types=DEFAULT_TYPES if types is None else read_types(types),
    )
    with progress_bar(f"Reading {source.name}"):
        report = build_entities(
            source,
            output,
            kind=kind,
            types=only or (),
            wikidata=options,
            redirects=redirects,
            progress=show,
        )
    console.print(f"{report.entities:,} entities in {output}")
    for reason, count in report.left_out.most_common():
        first = report.examples[reason]
        errors.print(f"{count:>12,} left out: {reason} (first: {first})")
    if report.names_left_out:
        errors.print(f"{report.names_left_out:>12,} aliases left out: empty, or too long")
    if not report.entities:
        errors.print("No entity is left: check --kind, --language and --only.", style="red")
        raise typer.Exit(1)
