"""The stages of a batch; a document that is refused leaves it, and the others go on.

    read      blocks, sentences, words     document by document
    detect    mentions                     in batches of windows
    cluster   which name one entity        document by document
    link      entities                     document by document; their names are looked up before
    pair      windows and entity pairs     document by document
    score     margins                      in batches of windows
    state     statements                   document by document
    weigh     what stands around them      document by document
    check     what else is known of them   document by document

After each step each document's time is counted, and somebody may have asked to stop.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from extractor import checks, circumstances, clusters, linking, statements
from extractor.allowances import MENTIONS, PAIRS, PIECES, SECONDS, STATEMENTS
from extractor.atlop.features import Features, build_features
from extractor.atlop.scoring import WindowScores, score
from extractor.batches import batched
from extractor.checkpoint import Checkpoint
from extractor.encoder.batching import Budget
from extractor.encoder.precision import Precision
from extractor.errors import DocumentRejected, Stopped, TooMuch
from extractor.mentions.detection import detect_among
from extractor.schema import (
    Block,
    Candidate,
    Cluster,
    Document,
    Entity,
    Extraction,
    Mention,
    NameIndex,
    Span,
)
from extractor.text.blocks import blocks_of
from extractor.text.sentences import split_sentences
from extractor.text.words import Words, split_words

NAMES = 500
"""Names that are looked up at a time: of a large index they take seconds."""
NO_WORDS = Words(spans=(), windows=(), pieces=0)
NO_FEATURES = Features(windows=(), unscored_pairs=0)

Candidates = Mapping[str, Sequence[Candidate]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the stages work with."""

    checkpoint: Checkpoint
    """On the device that is to run it."""
    index: NameIndex
    budget: Budget
    precision: Precision
    link_above: float
    """Confidence from which a link is written."""


@dataclass(slots=True)
class Case:
    """A document on its way, and what the stages have found of it so far."""

    document: Document
    seconds: float = 0.0
    """Of a processor, that it took."""
    refused: DocumentRejected | None = None
    blocks: Sequence[Block] = ()
    """None where people gave the mentions: they read as they please."""
    sentences: Sequence[Span] = ()
    words: Words = NO_WORDS
    mentions: Sequence[Mention] = ()
    clusters: Sequence[Cluster] = ()
    entities: tuple[Entity, ...] = ()
    features: Features = NO_FEATURES
    scores: Sequence[WindowScores] = ()
    extraction: Extraction | None = None

    @property
    def characters(self) -> int:
        """Length of the text."""
        return len(self.document.text)


class Stages:
    """One batch on its way.

    Args:
        tools: what the stages work with.
        stopped: whether somebody asked to stop.
        seconds: to which the time of each stage is added: mentions, linking, relations.
    """

    def __init__(
        self, tools: Tools, stopped: Callable[[], bool], seconds: dict[str, float]
    ) -> None:
        self._tools = tools
        self._stopped = stopped
        self._seconds = seconds
        self._last = time.process_time()

    def run(self, cases: Sequence[Case]) -> None:
        """Extract each case or refuse it.

        Raises:
            Stopped: somebody asked for it.
            torch.OutOfMemoryError: a single window does not fit.
            FloatingPointError: a margin is not finite.
        """
        kept = self.cluster(cases)
        with self._timed("linking"):
            candidates = self.look_up(kept)
            kept = self._each(kept, partial(self._link, candidates))
        with self._timed("relations"):
            kept = self._each(kept, self._pair)
            self._score(kept)
            self._each(kept, self._state)

    def cluster(self, cases: Sequence[Case]) -> list[Case]:
        """Find the clusters of each case; those that documents bring are kept."""
        with self._timed("mentions"):
            kept = self._each(cases, self._read)
            self._detect([case for case in kept if not case.document.clusters])
            return self._each(kept, self._cluster)

    def look_up(self, cases: Sequence[Case]) -> Candidates:
        """Return what the names of all clusters may stand for."""
        names = {
            name
            for case in cases
            for cluster in linking.names_to_look_up(case.document, case.clusters)
            for name in cluster
        }
        found: dict[str, Sequence[Candidate]] = {}
        for some in batched(sorted(names), NAMES):
            found |= self._tools.index.candidates(some, limit=linking.MOST_CANDIDATES)
            self._lap(())
        return found

    def _each(self, cases: Sequence[Case], step: Callable[[Case], None]) -> list[Case]:
        """Take a step with each case, and return those that are not refused."""
        for case in cases:
            try:
                SECONDS.check(case.seconds, case.characters)
                step(case)
            except TooMuch as error:
                case.refused = DocumentRejected(case.document.id, str(error))
            self._lap([case])
        return [case for case in cases if case.refused is None]

    def _lap(self, cases: Sequence[Case]) -> None:
        """Count the time since the last lap to some cases, and see whether to stop."""
        if self._stopped():
            raise Stopped("the extraction was asked to stop")
        now = time.process_time()
        for case in cases:
            case.seconds += (now - self._last) / len(cases)
        self._last = now

    def _read(self, case: Case) -> None:
        document = case.document
        blocks = blocks_of(document)
        case.sentences = document.sentences or split_sentences(document.text, blocks)
        if not document.clusters:
            case.blocks = blocks
            case.words = split_words(
                document.text,
                tokenizer=self._tools.checkpoint.tokenizer,
                max_pieces=self._tools.checkpoint.tagger.encoder.max_pieces,
                blocks=blocks,
            )
            PIECES.check(case.words.pieces, case.characters)

    def _detect(self, cases: Sequence[Case]) -> None:
        found = detect_among(
            self._tools.checkpoint.tagger,
            [case.document.text for case in cases],
            [case.words for case in cases],
            pad_id=self._tools.checkpoint.tokenizer.pad_token_id,
            budget=self._tools.budget,
            after_batch=lambda owners: self._lap([cases[owner] for owner in owners]),
        )
        for case, mentions in zip(cases, found, strict=True):
            case.mentions = mentions

    def _cluster(self, case: Case) -> None:
        given = case.document.clusters
        number = sum(len(each.mentions) for each in given) if given else len(case.mentions)
        MENTIONS.check(number, case.characters)
        case.clusters = given or clusters.cluster_mentions(case.document.text, case.mentions)

    def _link(self, candidates: Candidates, case: Case) -> None:
        case.entities = linking.link_clusters(
            case.document, case.clusters, candidates, link_above=self._tools.link_above
        )

    def _pair(self, case: Case) -> None:
        atlop = self._tools.checkpoint.atlop
        case.features = build_features(
            case.document.text,
            case.sentences,
            [entity.mentions for entity in case.entities],
            tokenizer=self._tools.checkpoint.tokenizer,
            max_pieces=atlop.encoder.max_pieces,
            markers=atlop.config.markers,
            candidate=self._candidate,
            blocks=case.blocks,
            check_pairs=lambda pairs: PAIRS.check(pairs, case.characters),
        )

    def _candidate(self, head_type: str, tail_type: str) -> bool:
        """Tell whether a pair of types may hold a relation, by rule and by what labels showed."""
        checkpoint = self._tools.checkpoint
        return checkpoint.relations.candidate(
            head_type, tail_type
        ) and checkpoint.signatures.candidate(head_type, tail_type)

    def _score(self, cases: Sequence[Case]) -> None:
        found = score(
            self._tools.checkpoint.atlop,
            [case.features for case in cases],
            pad_id=self._tools.checkpoint.tokenizer.pad_token_id,
            vocabulary=self._tools.checkpoint.relations,
            budget=self._tools.budget,
            precision=self._tools.precision,
            asserted_only=True,
            after_batch=lambda owners: self._lap([cases[owner] for owner in owners]),
        )
        for case, scores in zip(cases, found, strict=True):
            case.scores = scores

    def _state(self, case: Case) -> None:
        checkpoint = self._tools.checkpoint
        asserted = statements.decode(
            case.document,
            case.sentences,
            case.entities,
            _ordered_pairs(case.scores),
            relations=checkpoint.relations,
            calibrator=checkpoint.calibrator,
            evidence=checkpoint.evidence,
            blocks=case.blocks,
        )
        kept, rejected = statements.possible(asserted, case.entities, checkpoint.signatures)
        STATEMENTS.check(len(kept), case.characters)
        if not case.document.clusters:  # given mentions are not in doubt
            kept = circumstances.weigh(
                kept, case.entities, case.sentences, checkpoint.circumstances
            )
        case.extraction = Extraction(
            document=case.document,
            entities=case.entities,
            statements=checks.check_statements(kept, case.entities),
            unscored_pairs=case.features.unscored_pairs,
            rejected=rejected,
        )

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[stage] += time.perf_counter() - started


def _ordered_pairs(windows: Sequence[WindowScores]) -> Iterator[statements.PairMargins]:
    for window in windows:
        for row, (first, second) in enumerate(window.pairs):
            for way, (head, tail) in enumerate(((first, second), (second, first))):
                yield statements.PairMargins(
                    head=head,
                    tail=tail,
                    margins=window.margins[row, way],
                    first_sentence=window.first_sentence,
                    sentence_shares=window.sentence_shares[row],
                )
