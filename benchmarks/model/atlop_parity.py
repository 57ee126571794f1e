"""Does the efficient path say what the plain path says, whatever the batch and the order?

Logits are compared in fp32. `bf16_same_share`: of the ordered pairs for which the plain path in
fp32 or the efficient one in bf16 asserts something, those with the same relations;
`bf16_same_share_plain` is the same for the plain path in bf16.
"""

from __future__ import annotations

import random

import torch
from torch import Tensor

from benchmarks.model.parts.atlop_models import Subject, options, subject, trained
from benchmarks.model.parts.plain_atlop import PlainAtlop, plain_batch, plain_document
from benchmarks.parts.report import write
from extractor.atlop.collate import collate
from extractor.atlop.features import Window, build_features
from extractor.datasets.docred import LabelledDocument
from extractor.encoder.batching import DEFAULT_BUDGET, within
from extractor.encoder.precision import Precision, products_in
from extractor.relations import THRESHOLD_COLUMN

PLAIN_BATCH = 4
CPU = torch.device("cpu")


def figures(given: Subject) -> dict[str, float]:
    """Compare the two paths document by document."""
    windows = [sample.window for sample in given.samples]
    plain = plain_logits(given, windows)
    efficient = efficient_logits(given, windows)
    alone = [efficient_logits(given, [window])[0] for window in windows]
    distinct = [n for n in range(len(windows)) if not has_twins(given.documents[n])]
    reordered = [reordered_logits(given, place) for place in distinct]
    exact = torch.cat([asserted(logits) for logits in plain])
    reduced = torch.cat([asserted(margins) for margins in reduced_margins(given, windows)])
    plain_reduced = torch.cat([asserted(each) for each in plain_logits(given, windows, "bf16")])
    return {
        "documents": len(windows),
        "ordered_pairs": len(exact),
        "max_logit_difference": largest_difference(plain, efficient),
        "max_difference_alone": largest_difference(alone, efficient),
        "max_difference_reordered": largest_difference(
            reordered, [efficient[place] for place in distinct]
        ),
        "documents_with_twins": len(windows) - len(distinct),
        "bf16_pairs": int((exact.any(dim=1) | reduced.any(dim=1)).sum()),
        "bf16_same_share": same_share(exact, reduced),
        "bf16_same_share_plain": same_share(exact, plain_reduced),
    }


@torch.inference_mode()
def plain_logits(
    given: Subject, windows: list[Window], precision: Precision = "fp32"
) -> list[Tensor]:
    """Return each window's logits by the plain path, (pairs, 2, relations)."""
    plain = PlainAtlop(given.atlop)
    logits: list[Tensor] = []
    for start in range(0, len(windows), PLAIN_BATCH):
        chosen = windows[start : start + PLAIN_BATCH]
        batch = plain_batch(list(map(plain_document, chosen)), pad_id=given.pad_id, device=CPU)
        with products_in(precision, CPU):
            pairs = plain(batch).unflatten(0, (-1, 2))
        logits += pairs.split([len(window.pairs) for window in chosen])
    return logits


@torch.inference_mode()
def efficient_logits(given: Subject, windows: list[Window]) -> list[Tensor]:
    """Return each window's logits by the efficient path, (pairs, 2, relations)."""
    found: dict[int, Tensor] = {}
    for chosen in _batches(windows):
        batch = collate([windows[place] for place in chosen], pad_id=given.pad_id)
        logits = given.atlop(batch).logits
        parts = logits.split([len(windows[place].pairs) for place in chosen])
        found.update(zip(chosen, parts, strict=True))
    return [found[place] for place in range(len(windows))]


@torch.inference_mode()
def reduced_margins(given: Subject, windows: list[Window]) -> list[Tensor]:
    """Return each window's margins by the efficient path in bf16, (pairs, 2, relations)."""
    found: dict[int, Tensor] = {}
    for chosen in _batches(windows):
        batch = collate([windows[place] for place in chosen], pad_id=given.pad_id)
        with products_in("bf16", CPU):
            margins = given.atlop.margins(batch).logits
        parts = margins.split([len(windows[place].pairs) for place in chosen])
        found.update(zip(chosen, parts, strict=True))
    return [found[place] for place in range(len(windows))]


def _batches(windows: list[Window]) -> list[list[int]]:
    lengths = [len(window.input_ids) for window in windows]
    return list(within(DEFAULT_BUDGET, lengths, [len(window.pairs) for window in windows]))


def reordered_logits(given: Subject, place: int) -> Tensor:
    """Return a document's logits with its entities shuffled, put back into the first order."""
    window = given.samples[place].window
    item = given.documents[place].document
    order = list(range(len(item.clusters)))
    random.Random(place).shuffle(order)
    (other,) = build_features(
        item.text,
        item.sentences,
        [item.clusters[entity].mentions for entity in order],
        tokenizer=given.tokenizer,
        max_pieces=given.atlop.encoder.max_pieces,
    ).windows
    logits = efficient_logits(given, [other])[0]
    rows = {pair: row for row, pair in enumerate(other.pairs)}
    back = {entity: new for new, entity in enumerate(order)}
    restored = []
    for first, second in window.pairs:
        one, two = back[window.entities[first]], back[window.entities[second]]
        row = logits[rows[min(one, two), max(one, two)]]
        restored.append(row if one < two else row.flip(0))
    return torch.stack(restored)


def has_twins(item: LabelledDocument) -> bool:
    """Tell whether two entities have the very same mentions: nothing in the text tells which is
    which, so they change places with their order.
    """
    spans = [
        frozenset((mention.start, mention.end) for mention in cluster.mentions)
        for cluster in item.document.clusters
    ]
    return len(set(spans)) < len(spans)


def largest_difference(ones: list[Tensor], others: list[Tensor]) -> float:
    """Return the largest difference of two lists of logits."""
    return max(float((one - other).abs().max()) for one, other in zip(ones, others, strict=True))


def asserted(logits: Tensor) -> Tensor:
    """Return what is asserted, (ordered pairs, relations without TH), of (pairs, 2, relations)."""
    return (logits > logits[..., THRESHOLD_COLUMN, None])[..., THRESHOLD_COLUMN + 1 :].flatten(0, 1)


def same_share(ones: Tensor, others: Tensor) -> float:
    """Return the share of equal rows among those in which either asserts something; 1 if none."""
    either = ones.any(dim=1) | others.any(dim=1)
    same = (ones == others).all(dim=1)
    return float(same[either].float().mean()) if either.any() else 1.0


if __name__ == "__main__":
    chosen = options(__doc__, documents=128)
    write("atlop_parity", figures(subject(chosen, trained(chosen))), title="efficient and plain")
