"""The whole path: documents in, extractions out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch

from extractor import linking
from extractor.checkpoint import Checkpoint
from extractor.encoder.batching import DEFAULT_BUDGET, Budget
from extractor.encoder.precision import Precision
from extractor.errors import DocumentRejected
from extractor.schema import Document, Extraction, NameIndex
from extractor.stages import Case, Stages, Tools

LONG = 50_000
"""Characters of a text that is extracted by itself: what it holds does not add to others'."""
TOGETHER = 200_000
"""Characters of shorter texts that are extracted together, at most."""


class Extractor:
    """Finds mentions, links entities and extracts statements, in batches, on one device.

    `seconds` adds up the time spent by stage: mentions, linking, relations.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        index: NameIndex,
        *,
        device: str = "auto",
        budget: Budget = DEFAULT_BUDGET,
        precision: Precision = "fp32",
        max_characters: int = 500_000,
        link_above: float = linking.LINK_ABOVE,
    ) -> None:
        chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        checkpoint.atlop.to(chosen)
        checkpoint.tagger.to(chosen)
        self._tools = Tools(
            checkpoint=checkpoint,
            index=index,
            budget=budget,
            precision=precision,
            link_above=link_above,
        )
        self._max_characters = max_characters
        self.relations = checkpoint.relations
        self.checkpoint_name = checkpoint.name
        self.seconds: dict[str, float] = {"mentions": 0.0, "linking": 0.0, "relations": 0.0}

    def extract(self, documents: Sequence[Document]) -> list[Extraction]:
        """Extract a batch of documents.

        Raises:
            DocumentRejected: one document cannot be processed; the others are fine without it.
        """
        return [_accepted(each) for each in self.attempt(documents)]

    def attempt(
        self, documents: Sequence[Document], stopped: Callable[[], bool] = lambda: False
    ) -> list[Extraction | DocumentRejected]:
        """Return for each document its extraction, or why it cannot be processed.

        Args:
            documents: of a batch.
            stopped: asked again and again, within seconds, whether to stop.

        Raises:
            Stopped: `stopped` said so.
        """
        cases = [Case(document, refused=self._refusal(document)) for document in documents]
        for group in _groups([case for case in cases if not case.refused]):
            self._run(group, stopped)
        return [_outcome(case) for case in cases]

    def choices(self, document: Document) -> list[linking.Choice]:
        """Return what each entity of a document may be, in the order of its first mention.

        Raises:
            DocumentRejected: the document cannot be processed.
        """
        case = Case(document, refused=self._refusal(document))
        stages = Stages(self._tools, lambda: False, self.seconds)
        candidates = stages.look_up([] if case.refused else stages.cluster([case]))
        if case.refused:
            raise case.refused
        return linking.rank_clusters(
            document,
            case.clusters,
            candidates,
            linking.shipped_weights(),
            self._tools.link_above,
        )

    def _refusal(self, document: Document) -> DocumentRejected | None:
        """Return why a document is not even begun with, if so."""
        if not document.text.strip():
            return DocumentRejected(document.id, "the text is empty")
        if len(document.text) > self._max_characters:
            return DocumentRejected(
                document.id,
                f"{len(document.text):,} characters are more than the {self._max_characters:,} "
                "allowed; split it, or raise FACTLOOM_EXTRACTOR__MAX_CHARACTERS",
            )
        return None

    def _run(self, cases: Sequence[Case], stopped: Callable[[], bool]) -> None:
        """Extract or refuse cases together, each alone where that fails."""
        try:
            Stages(self._tools, stopped, self.seconds).run(cases)
            return
        except (torch.OutOfMemoryError, FloatingPointError) as error:
            if len(cases) == 1:
                cases[0].refused = DocumentRejected(cases[0].document.id, _reason(error))
                return
        for case in cases:
            if not case.refused:
                self._run([case], stopped)


def _groups(cases: Sequence[Case]) -> Iterator[list[Case]]:
    """Yield what is extracted together: each long text by itself."""
    group: list[Case] = []
    for case in cases:
        if case.characters > LONG:
            yield [case]
            continue
        if sum(each.characters for each in group) + case.characters > TOGETHER:
            yield group
            group = []
        group.append(case)
    if group:
        yield group


def _outcome(case: Case) -> Extraction | DocumentRejected:
    found = case.refused or case.extraction
    assert found is not None
    return found


def _accepted(outcome: Extraction | DocumentRejected) -> Extraction:
    if isinstance(outcome, DocumentRejected):
        raise outcome
    return outcome


def _reason(error: Exception) -> str:
    if isinstance(error, FloatingPointError):
        return str(error)
    return "it does not fit in the memory of the device; split it, or use a larger device"
