"""What a person or a schedule may decide about one run; everything else is settings. No secrets."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class IngestParams(BaseModel):
    """Parameters of the flow `ingest`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = Field(default=None, description="File or folder to read instead")
    name: str | None = Field(default=None, description="Name of the source: starts document ids")
    raw: bool = Field(default=False, description="Leave the gold annotation of files aside")
    limit: int | None = Field(default=None, ge=1, description="Read this many documents at most")
    dry_run: bool = Field(default=False, description="Extract, but write nothing")
    batch_documents: int | None = Field(default=None, ge=1, description="Documents per batch")
