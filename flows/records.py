"""A batch on its way through a run, what it counts, and what failed of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from corpus.source import Skipped
from extractor.schema import Document, Extraction
from graph.model.records import UpsertReport

MARGIN_BINS = 11
"""Bins of the histogram of margins: [0, 1), [1, 2) ... [9, 10), and all from 10 on."""


def _count(label: str = "", *, stored: bool = True) -> Any:
    """Return a count; its label names it in tables and on pages, which leave out one without."""
    return field(default=0, metadata={"label": label, "stored": stored})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a batch, or a whole run, comes to: of constant size, and the sum of its parts.

    Most are stored with the graph's Run under their own names. An entity counts once in each
    document that names it; all margins are of one checkpoint.
    """

    read: int = _count("documents read")
    """Those included that need no work or are left out for their language."""
    unchanged: int = _count("documents unchanged")
    processed: int = _count("documents extracted")
    """Those that went through every stage."""
    failed: int = _count("documents failed")
    failed_again: int = _count("of these, again as they are", stored=False)
    """Those that failed before, just as they are: they are no news."""
    waiting: int = _count("documents waiting to be tried again")
    """Documents of the source that failed, now or before, and are to be tried again, as the table
    `failed-documents` has them; in a dry run, those that it met. `factloom replay` tries them."""
    gone: int = _count("documents gone")
    """Retracted: deleted, no longer wanted, emptied, or in another language."""
    held: int = _count("documents that would be retracted")
    """Not retracted, as so much is not allowed."""
    withdrawn: int = _count(stored=False)
    """Records that say of a document that it, or its text, is gone."""
    skipped: int = _count("records skipped")
    """Records that are no document."""
    skipped_again: int = _count("of these, skipped before too", stored=False)
    """Those that could not be read before either: they are no news."""
    duplicates: int = _count("records that are duplicates")
    """Records whose id another record has, which counts; nothing is missing."""
    foreign: int = _count("documents in other languages")
    """Documents in languages that the checkpoint does not speak; nothing is wrong with them."""
    empty: int = _count("documents without a text")
    """Records whose text is empty; nothing is wrong with them, as there is where it is missing."""
    garbled: int = _count("documents with garbled characters")
    """Documents whose text was read in another encoding than it was written in; they are read."""
    entities_linked: int = _count("entities linked")
    entities_nil: int = _count("entities NIL")
    """Entities that are not linked, times and numbers among them."""
    statements: int = _count("statements")
    contradicted: int = _count("of these, contradicted")
    """Statements that facts of the entity index or other values speak against."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Reason -> further statements, which the types of their entities rule out."""
    margin_sum: float = _count()
    margins: Mapping[int, int] = field(default_factory=dict)
    """Bin -> statements with such a margin."""
    documents: int = _count(stored=False)
    """Those that were written."""
    documents_removed: int = _count()
    mentions: int = _count()
    evidence: int = _count()
    edges_new: int = _count("edges new")
    possible_new: int = _count("of these, possible")
    edges_changed: int = _count("edges changed")
    edges_removed: int = _count("edges removed")
    entities_new: int = _count("entities new")
    nil_new: int = _count("of these, not linked")
    entities_removed: int = _count("entities removed")
    entities_rekeyed: int = _count("entities with another id")
    unscored_pairs: int = _count("entity pairs not scored")
    seconds: Mapping[str, float] = field(default_factory=dict)
    """By stage: read, mentions, linking, relations, write; several go on at the same time."""

    def __add__(self, other: Counts) -> Counts:
        """Return what both come to."""
        return Counts(
            **{
                each.name: _sum(getattr(self, each.name), getattr(other, each.name))
                for each in fields(Counts)
            }
        )

    @classmethod
    def of_skipped(cls, records: Sequence[Skipped]) -> Counts:
        """Return of which kinds skipped records are."""
        return cls(
            skipped=sum(not (e.duplicate or e.foreign or e.text == "empty") for e in records),
            duplicates=sum(each.duplicate for each in records),
            foreign=sum(each.foreign for each in records),
            empty=sum(each.text == "empty" for each in records),
        )

    @classmethod
    def of_extractions(cls, extractions: Sequence[Extraction]) -> Counts:
        """Return what documents hold that went through every stage."""
        entities = [entity for each in extractions for entity in each.entities]
        linked = sum(entity.linked for entity in entities)
        margins = [found.margin for each in extractions for found in each.statements]
        rejected: Counter[str] = Counter()
        for each in extractions:
            rejected.update(each.rejected)
        return cls(
            processed=len(extractions),
            entities_linked=linked,
            entities_nil=len(entities) - linked,
            statements=len(margins),
            contradicted=sum(bool(s.contradicts) for each in extractions for s in each.statements),
            rejected=dict(rejected),
            margin_sum=sum(margins),
            margins=dict(Counter(min(int(margin), MARGIN_BINS - 1) for margin in margins)),
        )

    @classmethod
    def of_failures(cls, failures: Sequence[Failure], retried: Set[str]) -> Counts:
        """Return how many documents failed, and which of them just as before."""
        again = sum(each.document in retried for each in failures)
        return cls(failed=len(failures), failed_again=again)

    @classmethod
    def of_writing(cls, report: UpsertReport) -> Counts:
        """Return what writing changed."""
        return cls(**asdict(report))

    @property
    def records(self) -> int:
        """All that was read: documents, and records that are none, are gone, or have no text."""
        return self.read + self.withdrawn + self.skipped + self.empty

    @property
    def done(self) -> int:
        """Documents that need nothing more in this run."""
        return self.unchanged + self.processed + self.failed + self.waiting + self.foreign

    @property
    def failed_anew(self) -> int:
        """Records that failed, and had not failed before just as they are."""
        return self.skipped + self.failed - self._again

    @property
    def news(self) -> int:
        """Records that are not what failed before, just as they are."""
        return self.records - self._again

    @property
    def failed_share(self) -> float:
        """Share of what was read that is no document or could not be processed.

        What failed again counts on neither side: else a night on which nothing is new but an old
        failure is tried again would be a night on which everything fails.
        """
        return self.failed_anew / max(1, self.news)

    @property
    def _again(self) -> int:
        return self.skipped_again + self.failed_again

    def labelled(self) -> dict[str, int]:
        """Return the counts by their labels; what there is none of is left out, but documents."""
        found = {
            each.metadata["label"]: getattr(self, each.name)
            for each in fields(self)
            if each.metadata.get("label") and (getattr(self, each.name) or each.name == "read")
        }
        return found | {
            f"statements rejected, {why}": count for why, count in sorted(self.rejected.items())
        }

    def stored(self) -> dict[str, int | float]:
        """Return the counts that the graph's Run keeps."""
        return {
            **{e.name: getattr(self, e.name) for e in fields(self) if e.metadata.get("stored")},
            "margin_sum": round(self.margin_sum, 4),
            "rejected": sum(self.rejected.values()),
            **{
                f"rejected_{why.replace(' ', '_')}": count
                for why, count in sorted(self.rejected.items())
            },
            **{f"{stage}_seconds": round(spent, 3) for stage, spent in self.seconds.items()},
        }


def _sum(one: Any, other: Any) -> Any:
    if isinstance(one, Mapping):
        return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}
    return one + other


def margin_bin(number: int) -> str:
    """Return the range of a bin: '0 to 1', '10 and more'."""
    return f"{number} and more" if number == MARGIN_BINS - 1 else f"{number} to {number + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A document that could not be processed."""

    document: str
    stage: str
    """'extract' or 'write'."""
    error: str


NOTHING = Counts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Documents on their way from the source to the graph, and what was found beside them."""

    number: int = 0
    """In its run, counted from 1; lines of the log carry it."""
    documents: tuple[Document, ...] = ()
    """To be extracted and written."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Unchanged documents that are in another index now: id -> index."""
    recovered: tuple[str, ...] = ()
    """Documents that failed once and are now in the graph as they are in the source."""
    skipped: tuple[Skipped, ...] = ()
    """Records that are no document, or one that is not extracted."""
    retried: frozenset[str] = frozenset()
    """Those of the documents that failed before, just as they are."""
    retracting: bool = False
    """Whether this is the last batch: to retract what was put aside, and nothing else."""
    position: str = ""
    """How far the source is read once this batch is written; empty where there is none to store."""
    extractions: tuple[Extraction, ...] = ()
    failures: tuple[Failure, ...] = ()
    """Documents that could not be processed."""
    checkpoint: str = ""
    """That extracted the documents; empty before, and where there are none."""
    config_hash: str = ""
    """Under which it did."""
    refusal: str = ""
    """Why nothing was retracted, and what lets it pass; empty where it was allowed."""
    counts: Counts = NOTHING
