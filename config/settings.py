"""Settings: what a deployment decides. Read once, from the environment and `.env`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from config.errors import SettingsRejected
from config.problems import problem_lines
from config.profiles import ProfileDefaults
from config.variables import DELIMITER, PREFIX, resolve_files

STARTER_INDEX = Path("models/starter-index/entities.jsonl.gz")
"""What Factloom links to on the first day."""


class Section(BaseModel):
    """A group of settings; frozen, and a name that does not exist is refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True
    )


class FieldMap(Section):
    """Names of the fields of the user's own index; `_id` stands for the hit's own id."""

    id: str = Field(default="_id", min_length=1)
    """Field that holds the document's id."""
    title: str = Field(default="title", min_length=1)
    """Field that holds the title."""
    text: str = Field(default="text", min_length=1)
    """Field that holds the text; several, separated by commas, are joined in this order."""
    updated_at: str = Field(default="updated_at", min_length=1)
    """Field that holds the time of the last change."""
    url: str = Field(default="url", min_length=1)
    """Field that holds the address; a document without it has none."""
    deleted: str = ""
    """Field that marks a document as deleted, by anything but false; empty: there is none."""


class SourceSettings(Section):
    """Where documents come from."""

    kind: Literal["files", "elasticsearch"] = "files"
    """files, or elasticsearch (the default of the production profile)."""
    name: str = Field(default="samples", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Name of the source: the first part of every document id, so never change it afterwards."""
    path: Path = Path("samples/documents.jsonl")
    """File or folder to read where the kind is files."""


class ElasticsearchSettings(Section):
    """How to reach Elasticsearch, and how to read the index of documents."""

    url: str = Field(default="http://127.0.0.1:9200", pattern=r"^https?://[^@]+$")
    """Address of the server, without credentials."""
    index: str = ""
    """Index, alias or pattern that holds the documents; read only."""
    api_key: SecretStr | None = None
    """API key; instead of username and password."""
    username: str | None = None
    """User, with password."""
    password: SecretStr | None = None
    """Password of the user."""
    ca_certs: Path | None = None
    """Certificate authority to trust, a PEM file, where the server's is not a public one."""
    query: dict[str, Any] | None = None
    """Elasticsearch query, as JSON: only documents that match are read."""
    fields: FieldMap = FieldMap()
    """Names of the index's fields."""
    text_format: Literal["text", "html", "markdown"] = "text"
    """What the texts are: text, html, markdown."""
    follow: Literal["auto", "numbers", "time", "full"] = "auto"
    """How changes are found: numbers, time, full (each run reads all), auto: numbers, else full."""
    parallel_shards: int = Field(default=4, ge=1, le=64)
    """Shards that are read at the same time, at most, by numbers."""
    time_overlap_seconds: int = Field(default=600, ge=0)
    """Seconds before the last time that are read again, by time."""
    time_delay_seconds: int = Field(default=30, ge=0)
    """Seconds before now that are left to the next run, by time."""
    batch_size: int = Field(default=500, ge=1, le=10_000)
    """Documents per page."""
    request_timeout_seconds: float = Field(default=60.0, gt=0)
    """Seconds until one request counts as failed."""

    @model_validator(mode="after")
    def _one_credential(self) -> Self:
        if self.api_key is not None and self.password is not None:
            raise ValueError("an API key and a password are both given; keep one of them")
        if (self.username is None) != (self.password is None):
            raise ValueError("a username and a password belong together; give both or neither")
        return self


class EntitySettings(Section):
    """The entity index that mentions are linked to."""

    kind: Literal["sqlite", "elasticsearch"] = "sqlite"
    """sqlite, or elasticsearch (the default of the production profile)."""
    path: Path = Path("samples/entities.jsonl")
    """File of your own entities."""
    starter: bool = True
    """Whether the starter index that ships stands below them: some 13,000 items of Wikidata."""
    index: str = Field(default="factloom-entities", min_length=1)
    """Index of entities where the kind is elasticsearch."""
    link_above: float = Field(default=0.5, ge=0, le=1)
    """Confidence from which a link is written; below, people decide. Changes every extraction."""

    @property
    def starter_file(self) -> Path | None:
        """The file of the starter index, None where it is left out."""
        return STARTER_INDEX if self.starter else None


class GraphSettings(Section):
    """The graph that statements are written to."""

    kind: Literal["embedded", "neo4j"] = "embedded"
    """embedded, or neo4j (the default of the production profile)."""
    uri: str = Field(default="bolt://127.0.0.1:7687", pattern=r"^(bolt|neo4j)(\+s|\+ssc)?://[^@]+$")
    """Address where the kind is neo4j, without credentials."""
    username: str = "neo4j"
    """User where the kind is neo4j."""
    password: SecretStr | None = None
    """Password where the kind is neo4j; the embedded server makes its own."""
    ca_certs: Path | None = None
    """Certificate authority to trust, a PEM file, where the server's is not a public one."""
    database: str = Field(default="neo4j", min_length=1)
    """Database where the kind is neo4j."""
    port: int = Field(default=7688, ge=1, le=65535)
    """Loopback port of the embedded server."""
    batch_documents: int = Field(default=500, ge=1)
    """Documents per transaction, at most."""
    assert_above: float = Field(default=0.5, ge=0, le=1)
    """Probability below which an edge is only possible: kept, and shown where it is asked for."""

    @model_validator(mode="after")
    def _neo4j_has_a_password(self) -> Self:
        if self.kind == "neo4j" and self.password is None:
            raise ValueError("Neo4j needs a password: set FACTLOOM_GRAPH__PASSWORD or .._FILE")
        return self

    @model_validator(mode="after")
    def _an_authority_is_for_an_address_that_verifies(self) -> Self:
        if self.ca_certs is not None and not self.uri.startswith(("bolt+s://", "neo4j+s://")):
            raise ValueError(
                "FACTLOOM_GRAPH__CA_CERTS is given, but FACTLOOM_GRAPH__URI does not verify the "
                "server: begin it with bolt+s:// or neo4j+s://"
            )
        return self


class ExtractorSettings(Section):
    """How documents are turned into statements."""

    checkpoint: Path = Path("models/factloom-minilm")
    """Folder of the checkpoint that serves until another is promoted; it is only read."""
    registry: Path | None = None
    """Folder of retrained checkpoints and of the champion's name; else models/ of the home."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """auto takes a GPU where there is one."""
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    """Of matrix products; margins are fp32 always. bf16 is faster, and moves them by some 0.01."""
    batch_tokens: int = Field(default=1024, ge=1)
    """Word pieces per forward pass, padding included; a GPU wants 16,384 and more."""
    batch_pairs: int = Field(default=8192, ge=1)
    """Unordered entity pairs per forward pass."""
    max_characters: int = Field(default=500_000, ge=1)
    """A longer document is refused, by name."""
    languages: str = Field(default="", pattern=r"^(all|[a-z]{2,3}(,[a-z]{2,3})*)?$")
    """Of the documents to extract, such as en,de; empty: those that the checkpoint speaks; all."""


class RunSettings(Section):
    """How one run goes about its work."""

    task_runner: Literal["threads", "ray", "workers"] = "threads"
    """Who extracts: threads (this process), ray (actors), workers (Prefect runs of extract)."""
    parallel: int = Field(default=1, ge=1, le=1024)
    """Ray actors, or runs of extract, at the same time."""
    ray_address: str = ""
    """Ray cluster, such as auto; empty: Ray is started on this machine."""
    shared_folder: Path = Path(".factloom/shards")
    """Folder that run and workers share: shards are handed over in it."""
    shard_documents: int = Field(default=512, ge=1)
    """Documents per run of extract, each of which loads the model first."""
    batch_documents: int = Field(default=32, ge=1)
    """Documents per batch; a run can be interrupted between batches."""
    max_failed_share: float = Field(default=0.2, ge=0, le=1)
    """The run fails when a larger share of its documents fails, a fraction of 1."""
    max_retracted_share: float = Field(default=0.1, ge=0, le=1)
    """A run retracts nothing when that would be a larger share of its source's documents."""
    free_retractions: int = Field(default=3, ge=0)
    """So many documents a run may always retract, whatever share of the source they are."""


class OperationsSettings(Section):
    """What `factloom deploy` sets up on the Prefect server."""

    gpu_slots: int = Field(default=1, ge=1)
    """Runs that use a GPU at the same time, over all workers."""
    alerts: str = Field(default="", pattern=r"^([a-z0-9-]+/[^/]+)?$")
    """Block that alerts go to, type/name: slack-webhook/ops, sendgrid-email/ops, webhook/ops."""
    silent_hours: float = Field(default=26.0, ge=0.003)
    """Hours without a completed ingest after which people are told."""


class Settings(BaseSettings):
    """All settings. The variable of `graph.uri` is FACTLOOM_GRAPH__URI; see `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    profile: Literal["local", "production"] = "local"
    """local needs no server; production reads from Elasticsearch and writes to Neo4j."""
    home: Path = Path(".factloom")
    """Folder of all local state: entity index, graph, results, passwords."""
    source: SourceSettings = SourceSettings()
    elasticsearch: ElasticsearchSettings = ElasticsearchSettings()
    entities: EntitySettings = EntitySettings()
    graph: GraphSettings = GraphSettings()
    extractor: ExtractorSettings = ExtractorSettings()
    run: RunSettings = RunSettings()
    operations: OperationsSettings = OperationsSettings()

    @property
    def registry(self) -> Path:
        """The folder of retrained checkpoints and of the champion's name."""
        return self.extractor.registry or self.home / "models"

    @model_validator(mode="after")
    def _source_has_an_index(self) -> Self:
        if self.source.kind == "elasticsearch" and not self.elasticsearch.index:
            raise ValueError(
                "FACTLOOM_ELASTICSEARCH__INDEX is empty: name the index, alias or pattern to read"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment over `.env`, then what the profile says."""
        assert isinstance(env_settings, EnvSettingsSource)
        assert isinstance(dotenv_settings, DotEnvSettingsSource)
        # One source for both, so that a secret in one and its file in the other are seen.
        env_settings.env_vars = resolve_files(
            {**dotenv_settings.env_vars, **env_settings.env_vars}, cls
        )
        return init_settings, env_settings, ProfileDefaults(settings_cls)


def load_settings() -> Settings:
    """Return the settings of this process.

    Raises:
        SettingsRejected: a variable is missing, wrong or unknown, or a secret's file is.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsRejected(problem_lines(error, Settings)) from None
    except SettingsError as error:
        raise SettingsRejected([f"{error}; give it as JSON"]) from None
