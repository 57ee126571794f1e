"""What can go wrong in a flow, on top of what corpus, graph, extractor and config say themselves.

FlowError
├── ChampionRejected      the data: the champion pointer names no usable checkpoint
├── NoSuchEntity          the data: the graph has no entity of this id or name
├── CorrectionsRejected   the data: verdicts that cannot be used
├── ListRejected          the data: a list of document ids that cannot be read
├── NotOfTheSource        the data: a document id of another source
├── ExtractedElsewise     the settings: a worker extracts with another checkpoint or configuration
├── NoRay                 the settings: batches shall go to Ray, which is missing or does not answer
├── ShardFailed           the service: a shard is not where its worker looks, or none finished it
├── FolderTaken           the service: a folder of ours is another process's, or cannot be locked
├── NotLocal              the settings: this command is for one machine, they are for many
├── NoIndex               the settings: no Elasticsearch index is named
├── SecretsRejected       the data: the folder of secrets cannot be used as it is
├── Unexpected            a foreign error, told without its message, which may quote a document
├── NotCompleted          the data: a run that ended as Failed or Cancelled; it holds its report
├── NoAlertsBlock         the settings: the Prefect server has no such block for alerts
├── NotDeployed           the data: the Prefect server is not what prefect.yaml describes
└── PrefectUnavailable    the service: Prefect's API does not answer, or did not start
"""

from __future__ import annotations


class FlowError(Exception):
    """Base of the flows' own errors."""


class ChampionRejected(FlowError):
    """The champion pointer cannot be used; the message names it and the remedy."""


class PrefectUnavailable(FlowError):
    """Prefect's API does not answer; the message says where, or where its log is."""


class NoSuchEntity(FlowError):
    """The graph has no entity of this id or name."""


class CorrectionsRejected(FlowError):
    """Verdicts on edges cannot be used; the message names the rows and the remedy."""


class ListRejected(FlowError):
    """A list of document ids cannot be read; the message names the file and why."""


class NotOfTheSource(FlowError):
    """A document id belongs to another source than the one that is read."""


class ExtractedElsewise(FlowError):
    """A batch was extracted with another checkpoint, or under another configuration."""


class NoRay(FlowError):
    """Batches shall be extracted by Ray, which is not installed or cannot be reached."""


class ShardFailed(FlowError):
    """A shard is not where its worker looks for it, or no worker finished it."""


class FolderTaken(FlowError):
    """A folder of ours is another process's or user's, or takes no lock; the message names it."""


class NotLocal(FlowError):
    """This command works on the local profile's own servers only."""


class SecretsRejected(FlowError):
    """The folder of secrets cannot be used; the message names the file and the remedy."""


class Unexpected(FlowError):
    """Something failed that nobody foresaw; the message says what and where, and quotes nothing."""


class NoIndex(FlowError):
    """Neither the command nor the settings name an Elasticsearch index."""


class NotCompleted(FlowError):
    """A run ended as Failed or Cancelled; the message says why, and `report` what it came to."""

    def __init__(self, why: str, report: object) -> None:
        super().__init__(why)
        self.report = report


class NoAlertsBlock(FlowError):
    """The block that alerts shall go to does not exist, or cannot notify anybody."""


class NotDeployed(FlowError):
    """The Prefect server is not what prefect.yaml describes; the message says why."""
