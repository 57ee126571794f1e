"""The commands that train and judge checkpoints; `flows.cli.app` gives them their names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from flows.cli.views.terminal import console

LabelledData = Annotated[
    Path, typer.Option(help="Labelled documents: .json (DocRED), .data (CDR, GDA), .csv (yours).")
]
Documents = Annotated[
    Path | None, typer.Option(help="JSONL file with the documents that a .csv labels.")
]
Entities = Annotated[
    Path | None, typer.Option(help="CSV of (document, name, type): the entities beside a .csv.")
]
Mentions = Annotated[
    list[Path] | None,
    typer.Option(
        help="Documents to train mentions on, else the champion's detector stays; may be given "
        "several times."
    ),
]
FromChampion = Annotated[
    bool, typer.Option(help="Go on from the champion's weights: few passes instead of many.")
]
Vocabulary = Annotated[
    Path | None,
    typer.Option(metavar="FILE|cdr|gda", help="Relation id -> name, JSON; else the champion's."),
]
Encoder = Annotated[str | None, typer.Option(help="Path or hub name of an encoder; else MiniLM.")]
Epochs = Annotated[int | None, typer.Option(min=1, help="Passes over the documents.")]
Precision = Annotated[
    Literal["fp32", "bf16", "fp16"], typer.Option(help="Of matrix products; margins are fp32.")
]
TrainingPrecision = Annotated[
    Literal["auto", "fp32", "bf16", "fp16"],
    typer.Option(help="Of matrix products; auto: the fastest here. Margins are fp32."),
]
Rate = Annotated[float | None, typer.Option(min=0.0, help="Learning rate of the encoder.")]
Plots = Annotated[Path | None, typer.Option(help="Folder to draw plots into.")]


def train(
    data: LabelledData,
    output: Annotated[Path, typer.Option(help="Folder of the new checkpoint.")],
    vocabulary: Vocabulary = None,
    documents: Documents = None,
    entities: Entities = None,
    mentions: Mentions = None,
    unlabelled: Annotated[
        Path | None, typer.Option(help="Documents that teachers label, to train on them too.")
    ] = None,
    teachers: Annotated[int, typer.Option(min=1, help="How many, with --unlabelled.")] = 2,
    preset: Annotated[
        Literal["factloom", "atlop", "bert-e", "bert"],
        typer.Option(help="Switches of the model: ours, the paper's, the paper's baselines."),
    ] = "factloom",
    from_champion: FromChampion = False,
    encoder: Encoder = None,
    epochs: Epochs = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Windows in a step.")] = None,
    accumulation: Annotated[
        int | None, typer.Option(min=1, help="Parts of a step, to save memory.")
    ] = None,
    learning_rate: Rate = None,
    head_learning_rate: Annotated[
        float | None, typer.Option(min=0.0, help="Of all else; else the encoder's.")
    ] = None,
    precision: TrainingPrecision = "auto",
    seed: Annotated[int | None, typer.Option(help="Of weights, order and dropout.")] = None,
    patience: Annotated[
        int | None, typer.Option(min=1, help="Epochs without a better dev F1 before the end.")
    ] = None,
    plots: Plots = None,
) -> None:
    """Train a checkpoint; started again, it goes on where it stopped."""
    from dataclasses import replace

    from extractor.datasets.reading import LabelledFiles
    from flows.cli.labelled_data import refuse_unusable
    from flows.components import components

    base = None if mentions and vocabulary and not from_champion else components().models.champion()
    files = LabelledFiles(files=(data,), documents=documents, entities=entities)
    refuse_unusable(files, vocabulary=vocabulary, checkpoint=base)

    from extractor.training.plan import RELATION_RECIPE, TrainingPlan, recipes
    from extractor.training.presets import PRESETS
    from extractor.training.probing import chosen_precision
    from flows.cli.training import train_checkpoint

    chosen: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": batch_size,
        "accumulation": accumulation,
        "learning_rate": learning_rate,
        "head_learning_rate": head_learning_rate,
        "seed": seed,
        "patience": patience,
    }
    given = {name: value for name, value in chosen.items() if value is not None}
    device = components().device()
    multiplied = chosen_precision(precision, device)
    relation_recipe, mention_recipe = recipes(continued=from_champion)
    recipe = replace(relation_recipe, precision=multiplied, **given)
    plan = TrainingPlan(
        relations=data,
        vocabulary=vocabulary,
        mentions=tuple(mentions or ()),
        output=output,
        encoder=encoder,
        base=base,
        continued=from_champion,
        preset=PRESETS[preset],
        relation_recipe=recipe,
        mention_recipe=replace(mention_recipe, precision=multiplied),
        unlabelled=unlabelled,
        teachers=teachers,
        teacher_recipe=replace(RELATION_RECIPE, precision=multiplied, **given),
        device=device,
        documents=documents,
        entities=entities,
    )
    train_checkpoint(console, plan, plots)


def evaluate(
    data: Annotated[
        list[Path],
        typer.Option(help="Labelled documents: .json, .data or .csv; may be given several times."),
    ],
    checkpoint: Annotated[Path | None, typer.Option(help="Folder; else the champion.")] = None,
    train: Annotated[
        Path | None, typer.Option(help="Training documents: what Ign F1 leaves out.")
    ] = None,
    documents: Documents = None,
    entities: Entities = None,
    compare: Annotated[
        Path | None, typer.Option(help="Folder of a second checkpoint, scored beside the first.")
    ] = None,
    results: Annotated[Path | None, typer.Option(help="JSON file for all scores.")] = None,
    submission: Annotated[
        Path | None, typer.Option(help="JSON file in the form that DocRED's organisers score.")
    ] = None,
    plots: Plots = None,
    context: Annotated[
        tuple[str, str, str] | None,
        typer.Option(
            metavar="TITLE HEAD TAIL", help="Show what the model reads for a pair; needs --page."
        ),
    ] = None,
    page: Annotated[Path | None, typer.Option(help="HTML file for --context.")] = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count what the files hold; needs no checkpoint.")
    ] = False,
    vocabulary: Annotated[
        Path | None,
        typer.Option(metavar="FILE|cdr|gda", help="For --statistics; else the checkpoint's."),
    ] = None,
    precision: Precision = "fp32",
) -> None:
    """Score a checkpoint on the labelled documents that it has not seen."""
    from extractor import manifest
    from extractor.datasets.reading import LabelledFiles
    from extractor.datasets.splits import read_vocabulary_file
    from flows.cli.labelled_data import refuse_unusable
    from flows.components import components
    from flows.evaluate.labelled_files import table_1

    if (context is None) != (page is None):
        raise typer.BadParameter("--context and --page go together")
    if vocabulary is not None and not statistics:
        raise typer.BadParameter("a checkpoint brings its --vocabulary: give it with --statistics")
    files = LabelledFiles(files=tuple(data), documents=documents, entities=entities)
    if statistics and vocabulary is not None:
        typer.echo(table_1(files, read_vocabulary_file(vocabulary), train))
        return
    folder = checkpoint or components().models.champion()
    if statistics:
        typer.echo(table_1(files, manifest.read_vocabulary(folder), train))
        return
    refuse_unusable(files, vocabulary=None, checkpoint=folder)

    from flows.cli.evaluation import evaluate_checkpoint
    from flows.evaluate.evaluation import EvaluationPlan, load_checkpoint

    device = components().device()
    if context is not None and page is not None:
        from flows.evaluate.pair_page import write_pair_page

        loaded = load_checkpoint(folder, device)
        write_pair_page(loaded, files.read(loaded.relations), context, page)
        typer.echo(f"written: {page}")
    else:
        evaluate_checkpoint(
            console,
            EvaluationPlan(
                data=files,
                checkpoint=folder,
                train=train,
                compare=compare,
                results=results,
                submission=submission,
                plots=plots,
                device=device,
                precision=precision,
            ),
        )


def retrain(
    data: Annotated[
        list[Path],
        typer.Option(help="Labelled documents: .json (DocRED) or .csv; repeatable."),
    ],
    documents: Documents = None,
    entities: Entities = None,
    corrections: Annotated[
        bool, typer.Option(help="Learn from people's verdicts in the graph too.")
    ] = True,
    confident_from: Annotated[
        float | None,
        typer.Option(min=0.5, max=1, help="Learn from edges of at least this probability too."),
    ] = None,
    path: Annotated[
        Path | None, typer.Option(help="Files of the graph's source, if not the settings'.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Name of that source.")] = None,
    unlabelled: Annotated[
        Path | None, typer.Option(help="Documents that teachers label, to train on them too.")
    ] = None,
    mentions: Mentions = None,
    vocabulary: Vocabulary = None,
    from_champion: FromChampion = False,
    encoder: Encoder = None,
    epochs: Epochs = None,
    precision: TrainingPrecision = "auto",
    name: Annotated[
        str | None, typer.Option(help="Name of the challenger; the same name goes on.")
    ] = None,
) -> None:
    """Train a challenger; promote it if it may serve instead of the champion."""
    from rich.markdown import Markdown

    from flows.cli.labelled_data import refuse_unusable
    from flows.cli.local.run import run_retrain
    from flows.components import components
    from flows.params import RetrainParams, SourceParams

    params = RetrainParams(
        data=tuple(data),
        documents=documents,
        entities=entities,
        corrections=corrections,
        confident_from=confident_from,
        source=SourceParams(path=path, name=source),
        unlabelled=unlabelled,
        mentions=tuple(mentions or ()),
        vocabulary=vocabulary,
        from_champion=from_champion,
        encoder=encoder,
        epochs=epochs,
        precision=precision,
        name=name,
    )
    champion = components().models.champion()
    refuse_unusable(params.labelled, vocabulary=vocabulary, checkpoint=champion)
    console.print(Markdown(run_retrain(params).markdown()))
