"""What can go wrong between a source and its documents.

CorpusError
├── SourceUnavailable       the service: transient, try again later
│   ├── PointInTimeLost     the service: the snapshot being read is gone, open a new one
│   └── AnswerTooLarge      the service: more than it can give at once, ask for less
├── SourceRejected          the data or the settings: terminal until somebody follows the remedy
│   ├── NotAllowed          the settings: a privilege or a function that the server withholds
│   └── IndexAbsent         the settings: no index of this name
└── RecordRejected          the data: this one record; report it, go on with the next
"""

from corpus.fields.texts import TextState


class CorpusError(Exception):
    """Base of the corpus's errors."""


class SourceUnavailable(CorpusError):
    """A service did not answer, or said that it cannot answer now."""


class PointInTimeLost(SourceUnavailable):
    """Elasticsearch no longer has the point in time that was being read."""


class AnswerTooLarge(SourceUnavailable):
    """The server could give a part of what was asked for, but not all of it in one answer."""


class SourceRejected(CorpusError):
    """A file, index, server or credential cannot be used; the message names it and the remedy."""


class NotAllowed(SourceRejected):
    """The server withholds what was asked for; the message says how to get it."""


class IndexAbsent(SourceRejected):
    """There is no index of this name."""


class RecordRejected(CorpusError):
    """A record is not what it should be.

    Attributes:
        identifier: The record's own id, empty if it cannot be told.
        reason: What is wrong, naming the field.
        text: Whether it still has a text.
    """

    def __init__(self, identifier: str, reason: str, text: TextState = "there") -> None:
        super().__init__(f"record {identifier or 'without a usable id'}: {reason}")
        self.identifier = identifier
        self.reason = reason
        self.text: TextState = text
