"""`factloom`: the command line. What a command needs is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import entities as entity_commands
from flows.cli import export, graph, models, operating, registry
from flows.cli import server as server_commands
from flows.cli.views.terminal import Commands, console, end, heed_ctrl_c

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

BEGIN = "To begin"
ANALYSTS = "Analysts: ask the graph, judge it, take it out"
ENGINEERS = "Data engineers: fill the graph and keep it true"
MODELS = "Model makers: train, compare, promote"

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Read this many documents at most.")]
KINDS = "A file or a folder: JSONL, text, Markdown, HTML, mail, PDF, Word, DocRED"
SourceName = Annotated[
    str | None, typer.Option(help="Name of the source: the first part of document ids.")
]


@app.callback()
def factloom(debug: Debug = False) -> None:
    """Documents in, a knowledge graph that can be trusted out.

    Settings come from FACTLOOM_* variables and .env; see .env.example.
    """
    heed_ctrl_c()


@app.command(rich_help_panel=BEGIN)
def demo() -> None:
    """Ingest the samples for real and show the graph."""
    from flows.cli.demo import demo

    demo(console)


@app.command(rich_help_panel=BEGIN)
def up() -> None:
    """Start the local graph server."""
    from flows.components import components

    server = components().server()
    server.start()
    console.print(f"{server.uri}  user {server.username}, password in {server.files.password}")


@app.command(rich_help_panel=BEGIN)
def down() -> None:
    """Stop the local graph server."""
    from flows.components import components

    console.print("stopped" if components().server().stop() else "was not running")


@app.command(rich_help_panel=BEGIN)
def doctor() -> None:
    """Check versions, servers, credentials, GPU, checkpoint and disk, and say what to do."""
    from flows.cli.doctor import doctor
    from flows.components import components

    if doctor(components().settings, console):
        raise typer.Exit(1)


@app.command(rich_help_panel=ENGINEERS)
def ingest(
    path: Annotated[Path | None, typer.Argument(help=f"{KINDS}, instead of the source.")] = None,
    name: SourceName = None,
    limit: Limit = None,
    raw: Annotated[bool, typer.Option("--raw", help="Leave gold annotation aside.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Extract and show, write nothing; needs no graph.")
    ] = False,
    batch: Annotated[int | None, typer.Option(min=1, help="Documents per batch.")] = None,
    everything: Annotated[
        bool,
        typer.Option("--everything", help="Read from the beginning, whatever was read before."),
    ] = False,
    max_retracted_share: operating.MaxRetractedShare = None,
) -> None:
    """Bring the graph up to date with the source; Ctrl-C stops between two batches."""
    from flows.cli.local.run import run_ingest
    from flows.cli.views.summary import show_edges, show_report
    from flows.params import IngestParams

    report = run_ingest(
        IngestParams(
            path=path,
            name=name,
            raw=raw,
            limit=limit,
            dry_run=dry_run,
            batch_documents=batch,
            everything=everything,
            max_retracted_share=max_retracted_share,
        )
    )
    show_report(console, report, dry_run=dry_run)
    what = "The strongest statements" if dry_run else "The strongest new edges"
    show_edges(console, what, report.strongest[:10])
    end(report.outcome.state, report.outcome.why)


@app.command(rich_help_panel=ENGINEERS)
def load(
    path: Annotated[Path, typer.Argument(help=f"{KINDS}.")],
    index: Annotated[str | None, typer.Option(help="Index to fill, if not the settings'.")] = None,
    entities: Annotated[
        bool, typer.Option("--entities", help="The file holds entities: fill the entity index.")
    ] = False,
    limit: Limit = None,
) -> None:
    """Fill an Elasticsearch index of our own from files."""
    from flows.cli.loading import load_index
    from flows.cli.local.run import run_index_entities
    from flows.cli.views.summary import show_skipped
    from flows.params import IndexEntitiesParams

    if entities:
        built = run_index_entities(IndexEntitiesParams(path=path, index=index))
        console.print(f"{built.entities} entities, version {built.version}")
        show_skipped(console, built.skipped)
    else:
        loaded = load_index(path, index=index, limit=limit)
        console.print(f"{loaded.loaded} documents loaded")
        show_skipped(console, loaded.skipped)


for panel, commands in {
    ANALYSTS: (
        graph.find,
        graph.explain,
        graph.view,
        graph.query,
        graph.relations,
        graph.link,
        operating.confirm,
        operating.reject,
        operating.withdraw,
        operating.correct,
        export.export,
    ),
    ENGINEERS: (
        operating.reconcile,
        operating.failures,
        operating.replay,
        operating.backfill,
        operating.forget,
        operating.setup,
        operating.secrets,
        server_commands.deploy,
        server_commands.status,
    ),
    MODELS: (
        models.train,
        models.evaluate,
        models.retrain,
        export.export_corrections,
    ),
}.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)


app.add_typer(entity_commands.entities, name="entities", rich_help_panel=ENGINEERS)
app.add_typer(registry.models, name="models", rich_help_panel=MODELS)
