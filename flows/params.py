"""What a person or a schedule may decide about one run; everything else is settings. No secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


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


class IngestParams(SourceParams):
    """Parameters of the flow `ingest`."""

    raw: bool = Field(default=False, description="Leave the gold annotation of files aside")
    limit: int | None = Field(default=None, ge=1, description="Read this many documents at most")
    dry_run: bool = Field(default=False, description="Extract, but write nothing")
    batch_documents: int | None = Field(default=None, ge=1, description="Documents per batch")
    everything: bool = Field(
        default=False, description="Read the source from its beginning, wherever the cursor stands"
    )


class ReplayParams(SourceParams):
    """Parameters of the flow `replay`."""

    documents: tuple[str, ...] = Field(
        default=(), description="Document ids; none means all of the source that failed"
    )


class BackfillParams(SourceParams):
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


class ReconcileParams(SourceParams):
    """Parameters of the flow `reconcile`."""

    max_share: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Retract nothing if a larger share is gone; if not given, the settings'",
    )


class IndexEntitiesParams(BaseModel):
    """Parameters of the flow `index_entities`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = Field(default=None, description="File of entities, if not the settings'")
    index: str | None = Field(
        default=None, min_length=1, description="Name of the index, if not the settings'"
    )


class RetrainParams(BaseModel):
    """Parameters of the flow `retrain`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(
        default=Path("training/documents.json"),
        description="Labelled documents in DocRED's format: four fifths train, the rest compares",
    )
    mentions: Path | None = Field(
        default=None,
        description="Documents to train mentions on; else the champion's detector stays",
    )
    vocabulary: Path | None = Field(
        default=None, description="Relation id -> English name, JSON; else the champion's"
    )
    encoder: str | None = Field(default=None, description="Path or hub name; else MiniLM")
    epochs: int | None = Field(default=None, ge=1, description="Passes over the documents")
    name: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="Name of the challenger; made from the date if not given",
    )
