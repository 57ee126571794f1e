"""What can go wrong between a document and its statements.

    ExtractorError
    ├── DocumentRejected      the data: record it, go on with the next document
    ├── TooMuch               the data: why a document is rejected, before anyone names it
    ├── Stopped               nobody's fault: somebody asked for it
    ├── DatasetRejected       the data: a training or evaluation file is not what it should be
    ├── VocabularyRejected    the data: a relation vocabulary that cannot be used
    ├── CheckpointRejected    the data: a checkpoint that is missing, damaged or of another kind
    └── WeightsRejected       the data: linking weights that are damaged or for other features

None is transient: the extractor talks to no service. Running out of GPU memory is handled inside
(the batch is halved) until one document alone does not fit, which is a `DocumentRejected`.
"""


class ExtractorError(Exception):
    """Base of the extractor's errors."""


class DocumentRejected(ExtractorError):
    """This document cannot be processed; the message names it and says why."""

    def __init__(self, document: str, reason: str) -> None:
        super().__init__(f"document {document}: {reason}")
        self.document = document
        self.reason = reason


class TooMuch(ExtractorError):
    """A document holds more of something than one may; the message says of what."""


class Stopped(ExtractorError):
    """Somebody asked the extraction to stop: nothing of its batch is done."""


class DatasetRejected(ExtractorError):
    """A training or evaluation file cannot be used; the message names the place and the remedy."""


class VocabularyRejected(ExtractorError):
    """A relation vocabulary cannot be used; the message names the relation and the remedy."""


class CheckpointRejected(ExtractorError):
    """A checkpoint cannot be used; the message names the file and the remedy."""


class WeightsRejected(ExtractorError):
    """Linking weights cannot be used; the message names the file and the remedy."""
