"""A pair of a labelled document -> the page of its context (the paper's Figures 1 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from extractor.atlop.context import pair_context
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import LabelledDocument
from extractor.errors import DatasetRejected
from extractor.evaluation.gold import gold_features, score_gold
from extractor.names import fold_name, mentioned_name
from extractor.schema import Document
from flows.evaluate.asserted import asserted_triples
from flows.pages.context_view import Argument, Asserted, context_page, word_weights


def write_pair_page(
    checkpoint: Checkpoint,
    documents: Sequence[LabelledDocument],
    pair: tuple[str, str, str],
    path: Path,
) -> None:
    """Write the page of one pair.

    Args:
        checkpoint: the model.
        documents: the pair's is among them.
        pair: title of the document, a name of the head, a name of the tail.
        path: where the page goes.

    Raises:
        DatasetRejected: no such document or entity, or the model does not score the pair.
    """
    title, *names = pair
    item = _document(documents, title)
    head, tail = (_entity(item.document, name) for name in names)
    path.write_text(_page(checkpoint, item, head, tail), encoding="utf-8")


def _page(checkpoint: Checkpoint, item: LabelledDocument, head: int, tail: int) -> str:
    atlop, tokenizer, relations = checkpoint.atlop, checkpoint.tokenizer, checkpoint.relations
    document = item.document
    (features,) = gold_features(atlop, tokenizer, [item], relations)
    context = pair_context(atlop, features, head, tail, pad_id=tokenizer.pad_token_id)
    ends = [_argument(document, index) for index in (head, tail)]
    if context is None:
        raise DatasetRejected(
            f"{document.title!r}: {ends[0].name!r} and {ends[1].name!r} are not scored: they are "
            "one entity, no window shows both, or no relation holds between their types"
        )
    scored = score_gold(atlop, tokenizer, [item], relations)
    asserted = [
        triple
        for triple in asserted_triples(checkpoint, [item], scored.windows)
        if (triple.head, triple.tail) == (head, tail)
    ]
    return context_page(
        title=document.title,
        text=document.text,
        sentences=[(span.start, span.end) for span in document.sentences],
        sentence_shares=context.sentence_shares(len(document.sentences)).tolist(),
        weights=word_weights(context.weights.tolist(), context.piece_spans, document.text),
        head=ends[0],
        tail=ends[1],
        statements=[
            Asserted(
                relation=relations.names[triple.relation],
                margin=triple.margin,
                probability=triple.probability,
            )
            for triple in asserted
        ],
        evidence={sentence for triple in asserted for sentence in triple.sentences},
        checkpoint=checkpoint.name,
    )


def _document(documents: Sequence[LabelledDocument], title: str) -> LabelledDocument:
    found = next((item for item in documents if item.document.title == title), None)
    if found is None:
        raise DatasetRejected(
            f"none of the {len(documents)} documents has the title {title!r}; the first is "
            f"{documents[0].document.title!r}"
            if documents
            else "there is no document to show a pair of"
        )
    return found


def _entity(document: Document, name: str) -> int:
    """Return the index of the cluster with this name, compared as the linker compares names."""
    folded = fold_name(name)
    named = [
        {fold_name(mentioned_name(document.text, m)) for m in cluster.mentions}
        for cluster in document.clusters
    ]
    found = [index for index, names in enumerate(named) if folded in names]
    if len(found) != 1:
        known = ", ".join(_argument(document, n).name for n in range(len(document.clusters)))
        what = f"is the name of {len(found)} entities" if found else "names no entity"
        raise DatasetRejected(f"{document.title!r}: {name!r} {what}; its entities are: {known}")
    return found[0]


def _argument(document: Document, index: int) -> Argument:
    mentions = document.clusters[index].mentions
    names = (mentioned_name(document.text, mention) for mention in mentions)
    return Argument(
        name=max(names, key=len),
        mentions=tuple((mention.start, mention.end) for mention in mentions),
    )
