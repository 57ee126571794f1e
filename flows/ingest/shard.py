"""One shard of a run, extracted by whichever worker takes it: a Prefect run of its own."""

from __future__ import annotations

from uuid import UUID

from prefect import flow, get_run_logger
from pydantic import BaseModel, ConfigDict, Field

from flows.components import components
from flows.ingest.exchange import Exchange
from flows.ingest.extraction import extract_documents
from flows.logs import run_of
from flows.redaction import redacted
from flows.run.slots import gpu


class ShardParams(BaseModel):
    """Which shard; where it lies, the worker's own settings say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: UUID = Field(description="The run that hands the shard over")
    shard: int = Field(ge=0, description="Its number in that run")


@flow(name="extract", flow_run_name="extract-{params.shard}", persist_result=False)
def extract_shard(params: ShardParams) -> None:
    """Extract what a run has handed over, and hand back what became of it."""
    with redacted(), run_of(str(params.run)):
        settings = components().settings.run
        files = Exchange(settings.shared_folder, params.run)
        documents = files.documents(params.shard)
        with gpu():
            extracted = extract_documents(documents, at_once=settings.batch_documents)
        files.put_extracted(params.shard, extracted)
        get_run_logger().info(
            "shard=%d documents=%d failed=%d", params.shard, len(documents), len(extracted.failures)
        )
