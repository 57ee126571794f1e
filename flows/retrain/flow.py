"""The monthly flow: train a challenger, compare it with the champion, promote it if it may serve.

    files, corrections, confident edges -> gathered documents -> challenger -> gate -> champion

All that the run needs lies in `factloom-training/NAME` of the home folder until the two were
compared. A run that was killed goes on from there: by a retry of the same flow run, or by a run of
that name. Texts of documents go when the run ends, however it ends; what a killed one left of them
goes when the next challenger is trained, or a document is forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from extractor import manifest
from extractor.datasets import splits
from extractor.datasets.docred import LabelledDocument
from extractor.digests import checkpoint_name
from extractor.errors import CheckpointRejected, DatasetRejected
from extractor.files import file_hash
from extractor.relations import RelationVocabulary
from extractor.training.plan import RELATION_RECIPE, TrainingPlan, recipes
from extractor.training.probing import chosen_precision
from extractor.training.train import is_taken, train
from extractor.training.trainer import TrainingProgress
from flows.components import components
from flows.params import RetrainParams
from flows.redaction import redacted
from flows.retrain.approval import ask
from flows.retrain.challenge import Challenge
from flows.retrain.comparison import compare_checkpoints, refuse_what_cannot_be_compared
from flows.retrain.data import (
    DOCUMENTS,
    TEXTS,
    TRAINING,
    Gathered,
    begun,
    gather,
    load_gathered,
    save_gathered,
)
from flows.retrain.labels import labelled_by_verdicts
from flows.run.context import now
from flows.run.own_folders import abandoned, claimed, remove
from flows.run.progress import Progress, ProgressArtifact
from flows.run.showing import show_page
from graph.export.labels import confident_edges, verdicts_of

DEFAULTS = RetrainParams()
STATE = "state"


@flow(name="retrain", persist_result=False)
def retrain(params: RetrainParams = DEFAULTS) -> Challenge:
    """Train a challenger and promote it where the gate, and a person if asked, let it serve."""
    parts = components()
    name = params.name or _own_name()
    folder, challenger = parts.settings.home / TRAINING / name, parts.models.folder / name
    challenge = Challenge.load(challenger)
    if challenge is not None and challenge.decided:
        raise DatasetRejected(f"{challenger} has had its challenge: choose another name")
    if challenge is None or challenge.champion.name != checkpoint_name(parts.models.champion()):
        challenge = challenged(params, folder, challenger)
    challenge = decide(params, challenge, challenger)
    show_page("retrain-report", challenge.markdown())
    get_run_logger().info(
        "compared challenger=%s f1=%.4f champion=%s f1=%.4f outcome=%s",
        challenge.challenger.name,
        challenge.challenger.f1,
        challenge.champion.name,
        challenge.champion.f1,
        challenge.outcome,
    )
    return challenge


def challenged(params: RetrainParams, folder: Path, challenger: Path) -> Challenge:
    """Train a challenger and compare it with the champion; what is left is its report.

    Raises:
        FolderTaken: a living process trains a challenger of this name.
    """
    parts = components()
    champion = parts.models.champion()
    with claimed(folder):
        for left in abandoned(each for each in begun(parts.settings.home) if each != folder):
            remove(left / TEXTS)
        try:
            gathered = gather_documents(params, champion, folder)
            train_challenger(params, champion, folder, challenger)
            challenge = compare(params, champion, challenger, gathered)
            challenge.save(challenger)
        finally:
            remove(folder / TEXTS)
        remove(folder)
    return challenge


def _own_name() -> str:
    """Return a name from this run's date and id, the same when the run is tried again."""
    context = FlowRunContext.get()
    assert context is not None  # called by the flow alone
    run = context.flow_run
    assert run is not None
    assert run.created is not None
    return f"retrained-{run.created:%Y%m%d}-{str(run.id)[:8]}"


@task(cache_policy=NO_CACHE, persist_result=False)
@redacted()
def gather_documents(params: RetrainParams, champion: Path, folder: Path) -> Gathered:
    """Bring together what the challenger learns from; a run that goes on takes what it had."""
    files = [file for file in (*params.data, params.documents, params.entities) if file]
    origin = {
        "files": [(file.name, file_hash(_present(file))) for file in files],
        "corrections": params.corrections,
        "confident_from": params.confident_from,
    }
    gathered = load_gathered(folder, origin)
    if gathered is None:
        vocabulary = (
            splits.read_vocabulary_file(params.vocabulary)
            if params.vocabulary
            else manifest.read_vocabulary(champion)
        )
        left_out: Counter[str] = Counter()
        corrected, confident = _from_graph(params, vocabulary, left_out)
        gathered = gather(
            params.labelled,
            vocabulary,
            corrected=corrected,
            confident=confident,
            left_out=left_out,
        )
        refuse_what_cannot_be_compared(gathered, champion)
        save_gathered(gathered, folder, origin)
    for what, counts in (("gathered", gathered.counts), ("left out", gathered.left_out)):
        for name, count in counts.items():
            get_run_logger().info("%s count=%d what=%s", what, count, name)
    return gathered


def _present(file: Path) -> Path:
    if not file.is_file():
        raise DatasetRejected(f"there is no file {file}: labelled documents to train on")
    return file


def _from_graph(
    params: RetrainParams, vocabulary: RelationVocabulary, left_out: Counter[str]
) -> tuple[list[LabelledDocument], list[LabelledDocument]]:
    """Return the documents that people corrected, and those that confident edges label."""
    if not params.corrections and params.confident_from is None:
        return [], []
    parts = components()
    graph = parts.graph
    source = parts.source(path=params.source.path, name=params.source.name)

    def labelled(verdicts: Mapping[tuple[str, str, str], str]) -> Iterable[LabelledDocument]:
        return labelled_by_verdicts(graph.read, verdicts, source, vocabulary, left_out)

    try:
        corrected = list(labelled(verdicts_of(graph.corrections()))) if params.corrections else []
        confident = (
            list(labelled(confident_edges(graph.read, params.confident_from)))
            if params.confident_from is not None
            else []
        )
    finally:
        source.close()
    return corrected, confident


@task(cache_policy=NO_CACHE, persist_result=False)
@redacted()
def train_challenger(params: RetrainParams, champion: Path, folder: Path, output: Path) -> None:
    """Train a checkpoint into `output`; under the same name it goes on where it was killed.

    Raises:
        CheckpointRejected: something else is there, or one that was killed and lost its state.
    """
    state = folder / STATE
    if is_taken(output) and not state.exists():
        if _is_trained(output):
            return
        raise CheckpointRejected(
            f"{output} holds no challenger that this run could go on with: choose another --name"
        )
    progress = ProgressArtifact("retrain-progress")

    def report(step: TrainingProgress) -> None:
        note = f"{step.part}, loss {step.loss:.3f}"
        progress.show(Progress(done=step.step, total=step.steps, unit="steps", note=note))

    device = components().device()
    precision = chosen_precision(params.precision, device)
    recipe, mention_recipe = (
        replace(each, precision=precision) for each in recipes(continued=params.from_champion)
    )
    if params.epochs:
        recipe = replace(recipe, epochs=params.epochs)
    train(
        TrainingPlan(
            relations=folder / DOCUMENTS,
            vocabulary=params.vocabulary,
            mentions=params.mentions,
            unlabelled=params.unlabelled,
            output=output,
            encoder=params.encoder,
            base=champion,
            continued=params.from_champion,
            state=state,
            relation_recipe=recipe,
            teacher_recipe=replace(
                RELATION_RECIPE,
                epochs=params.epochs or RELATION_RECIPE.epochs,
                precision=precision,
            ),
            mention_recipe=mention_recipe,
            device=device,
        ),
        report,
    )
    progress.complete()


def _is_trained(output: Path) -> bool:
    """Tell whether a folder holds a finished challenger.

    Where people judged edges since it was trained, other documents are gathered now. It is compared
    all the same: titles decide what trains, so that it has seen none of those that compare.
    """
    try:
        record = manifest.read_object(output / "training_record.json")
    except CheckpointRejected:
        return False
    gathered = {*record.get("relation_files", {})} == {Path(DOCUMENTS).name}
    return gathered and (output / "README.md").is_file()


@task(cache_policy=NO_CACHE, persist_result=False)
@redacted()
def compare(
    params: RetrainParams, champion: Path, challenger: Path, gathered: Gathered
) -> Challenge:
    """Score both on the held-out fifth and on corrections that trained neither."""
    return compare_checkpoints(
        champion, challenger, gathered, params.gate, device=components().device(), at=now()
    )


def decide(params: RetrainParams, challenge: Challenge, challenger: Path) -> Challenge:
    """Promote the challenger, or say why not; return the challenge with its outcome."""
    outcome = "promoted"
    if not challenge.passed:
        outcome = "refused by the gate"
    elif params.approval:
        answer = ask(challenge.markdown(), hours=params.approval_hours)
        who = f"by {answer.by or 'somebody'}{f': {answer.note}' if answer.note else ''}"
        outcome = f"promoted, approved {who}" if answer.approve else f"not approved {who}"
    if outcome.startswith("promoted"):
        components().models.promote(challenger.name)
    decided = replace(challenge, outcome=outcome)
    decided.save(challenger)
    return decided
