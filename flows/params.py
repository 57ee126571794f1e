"""What a person or a schedule may decide about one run; everything else is settings. No secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from extractor.datasets.reading import LabelledFiles


class SourceParams(BaseModel):
    """Which source a flow reads, if not the settings'."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = Field(default=None, description="File or folder to read instead")
    name: str | None = Field(default=None, description="Name of the source: starts document ids")

    @model_validator(mode="after")
    def _a_path_has_a_name(self) -> Self:
        # Ids begin with it: two files under one name would replace each other's documents.
        if self.path is not None and self.name is None:
            raise ValueError("a path needs a name for its source, for example --name mine")
        return self


class RetractingParams(SourceParams):
    """How much of the source a run may retract."""

    max_retracted_share: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Retract nothing, if it were a larger share of the source; else the settings'",
    )


class IngestParams(RetractingParams):
    """Parameters of the flow `ingest`."""

    raw: bool = Field(default=False, description="Leave the gold annotation of files aside")
    limit: int | None = Field(default=None, ge=1, description="Read this many documents at most")
    dry_run: bool = Field(default=False, description="Extract, but write nothing")
    batch_documents: int | None = Field(default=None, ge=1, description="Documents per batch")
    everything: bool = Field(
        default=False, description="Read the source from its beginning, wherever the cursor stands"
    )


class ReplayParams(RetractingParams):
    """Parameters of the flow `replay`."""

    documents: tuple[str, ...] = Field(
        default=(), description="Document ids; none means all of the source that failed"
    )


class BackfillParams(RetractingParams):
    """Parameters of the flow `backfill`."""

    order: Literal["newest", "most_edges"] = Field(
        default="newest",
        description="First the documents updated last, or those that support the most edges",
    )
    first: Path | None = Field(
        default=None,
        description="File of document ids, one a line, that come before all others, in its order",
    )
    limit: int | None = Field(default=None, ge=1, description="Extract this many documents at most")
    minutes: float | None = Field(
        default=None, gt=0, description="Begin no further batch after so many minutes"
    )


class ReconcileParams(RetractingParams):
    """Parameters of the flow `reconcile`."""


class IndexEntitiesParams(BaseModel):
    """Parameters of the flow `index_entities`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = Field(default=None, description="File of entities, if not the settings'")
    index: str | None = Field(
        default=None, min_length=1, description="Name of the index, if not the settings'"
    )


class GateRules(BaseModel):
    """How much worse than the champion a challenger may be and still serve."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    f1_margin: float = Field(
        default=0.02,
        ge=0,
        description="The 95 % interval of the F1 difference may reach this far below 0",
    )
    ece_rise: float = Field(default=0.02, ge=0, description="Rise of the calibration error")
    squared_error_rise: float = Field(
        default=0.01, ge=0, description="Rise of the squared error of probabilities per gold triple"
    )
    mention_fall: float = Field(default=0.005, ge=0, description="Fall of the mentions' F1")
    relation_support: int = Field(
        default=50, ge=1, description="Gold triples that a relation needs to be looked at alone"
    )
    relation_fall: float = Field(default=0.1, ge=0, description="Fall of one relation's F1")
    correction_support: int = Field(
        default=20, ge=1, description="Judged pairs that corrections need to decide anything"
    )


class RetrainParams(BaseModel):
    """Parameters of the flow `retrain`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: tuple[Path, ...] = Field(
        default=(Path("training/documents.json"),),
        min_length=1,
        description="Labelled documents in DocRED's format, or .csv: four fifths train, the rest "
        "compares",
    )
    documents: Path | None = Field(
        default=None, description="JSONL with the documents that a .csv of the data labels"
    )
    entities: Path | None = Field(
        default=None, description="CSV of (document, name, type) beside that .csv"
    )
    corrections: bool = Field(
        default=True, description="Learn from what people confirmed and rejected in the graph too"
    )
    confident_from: float | None = Field(
        default=None,
        ge=0.5,
        le=1,
        description="Learn from edges of at least this probability too; none if not given",
    )
    source: SourceParams = Field(
        default=SourceParams(), description="Has the texts of the graph's documents"
    )
    unlabelled: Path | None = Field(
        default=None, description="Documents in DocRED's format that teachers label"
    )
    mentions: tuple[Path, ...] = Field(
        default=(),
        description="Documents to train mentions on; else the champion's detector stays",
    )
    vocabulary: Path | None = Field(
        default=None, description="Relation id -> English name, JSON; else the champion's"
    )
    from_champion: bool = Field(
        default=False, description="Go on from the champion's weights: few passes instead of many"
    )
    encoder: str | None = Field(default=None, description="Path or hub name; else MiniLM")
    epochs: int | None = Field(default=None, ge=1, description="Passes over the documents")
    precision: Literal["auto", "fp32", "bf16", "fp16"] = Field(
        default="auto", description="Of matrix products while training; auto: the fastest there"
    )
    name: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="Name of the challenger, made from the run if not given; the same name goes on",
    )
    gate: GateRules = Field(default=GateRules(), description="What the challenger must not lose")
    approval: bool = Field(
        default=False, description="Pause for a person's approval before a promotion"
    )
    approval_hours: float = Field(
        default=72, gt=0, description="Hours until a pause ends, and the run fails"
    )

    @property
    def labelled(self) -> LabelledFiles:
        """What the challenger learns from."""
        return LabelledFiles(files=self.data, documents=self.documents, entities=self.entities)
