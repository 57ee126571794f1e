"""The monthly flow: train a challenger, compare it with the champion, promote the better one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from extractor.checkpoint import Checkpoint
from extractor.evaluation.scores import (
    RelationScores,
    Score,
    evaluate_mentions,
    evaluate_relations,
)
from extractor.labelled.docred import LabelledDocument, read_docred
from extractor.labelled.splits import split_documents
from extractor.training.plan import RELATION_RECIPE, TrainingPlan
from extractor.training.train import train
from extractor.training.trainer import Progress as TrainingProgress
from flows.components import components
from flows.params import RetrainParams
from flows.progress import Progress, ProgressArtifact

DEFAULTS = RetrainParams()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrainReport:
    """How challenger and champion compare on documents that neither has seen."""

    champion: str
    challenger: str
    champion_scores: RelationScores
    challenger_scores: RelationScores
    champion_mentions: Score
    """By span and type."""
    challenger_mentions: Score

    @property
    def better(self) -> bool:
        """Whether the challenger is to be promoted: better relations, mentions no worse."""
        relations = self.challenger_scores.f1.f1 > self.champion_scores.f1.f1
        return relations and self.challenger_mentions.f1 >= self.champion_mentions.f1

    def markdown(self) -> str:
        """Return the report for people who open the run at Prefect."""
        verdict = "promoted" if self.better else "not promoted: it is not better"
        lines = [
            f"# {self.challenger}: {verdict}",
            "",
            f"On {self.champion_scores.documents} held-out documents that neither has seen:",
            "",
            "| checkpoint | precision | recall | F1 | Ign F1 | mention F1 |",
            "|---|---|---|---|---|---|",
        ]
        both = (
            (self.challenger, self.challenger_scores, self.challenger_mentions),
            (self.champion, self.champion_scores, self.champion_mentions),
        )
        for name, scores, mentions in both:
            f1 = scores.f1
            lines.append(
                f"| {name} | {f1.precision:.4f} | {f1.recall:.4f} | {f1.f1:.4f} "
                f"| {scores.ign_f1.f1:.4f} | {mentions.f1:.4f} |"
            )
        return "\n".join(lines) + "\n"


@flow(name="retrain", persist_result=False)
def retrain(params: RetrainParams = DEFAULTS) -> RetrainReport:
    """Train a challenger and promote it where it beats the champion on the held-out documents."""
    models = components().models
    champion = models.champion()
    name = params.name or f"retrained-{datetime.now(UTC):%Y%m%d}-{str(flow_run.id)[:8]}"
    challenger = train_challenger(params, champion, models.folder / name)
    report = compare(params.data, champion, challenger)
    if report.better:
        models.promote(name)
    get_run_logger().info(
        "compared challenger=%s f1=%.4f champion=%s f1=%.4f promoted=%s",
        report.challenger,
        report.challenger_scores.f1.f1,
        report.champion,
        report.champion_scores.f1.f1,
        report.better,
    )
    create_markdown_artifact(markdown=report.markdown(), key="retrain-report")
    return report


@task(cache_policy=NO_CACHE, persist_result=False)
def train_challenger(params: RetrainParams, champion: Path, output: Path) -> Path:
    """Train a checkpoint into `output`; under the same name it goes on where it was killed."""
    home = components().settings.home / "training"
    epochs = params.epochs or RELATION_RECIPE.epochs
    progress = ProgressArtifact("retrain-progress")

    def report(step: TrainingProgress) -> None:
        note = f"{step.part}, loss {step.loss:.3f}"
        progress.show(Progress(done=step.step, total=step.steps, unit="steps", note=note))

    train(
        TrainingPlan(
            relations=params.data,
            vocabulary=params.vocabulary,
            mentions=params.mentions,
            output=output,
            encoder=params.encoder,
            base=champion,
            state=home / output.name,
            relation_recipe=replace(RELATION_RECIPE, epochs=epochs),
            device=components().device(),
        ),
        report,
    )
    return output


@task(cache_policy=NO_CACHE, persist_result=False)
def compare(data: Path, champion: Path, challenger: Path) -> RetrainReport:
    """Score both on the held-out fifth, which neither may have seen."""
    split = split_documents(read_docred(data))
    one, other = Checkpoint.from_pretrained(champion), Checkpoint.from_pretrained(challenger)
    return RetrainReport(
        champion=one.name,
        challenger=other.name,
        champion_scores=evaluate_relations(one, split.held_out, training_documents=split.train),
        challenger_scores=evaluate_relations(other, split.held_out, training_documents=split.train),
        champion_mentions=_mentions(one, split.held_out),
        challenger_mentions=_mentions(other, split.held_out),
    )


def _mentions(checkpoint: Checkpoint, documents: Sequence[LabelledDocument]) -> Score:
    tagger, tokenizer = checkpoint.tagger, checkpoint.tokenizer
    return evaluate_mentions(tagger, tokenizer, documents, checkpoint.record)[1]
