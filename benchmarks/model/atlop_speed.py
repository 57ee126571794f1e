"""How much faster than the plain path is the efficient one on a CPU, at what cost?

Both sides get the same documents, threads and weights, each its best batch size, in turns. The
`reduced` ratios set bf16 on the efficient side against fp32 on the plain one; the same against
bf16 on both sides stand beside them. The change of F1 is in points (hundredths). Where the time
goes is written to `results/profiles/atlop_speed.txt`.
"""

from __future__ import annotations

from functools import partial

import torch

from benchmarks.model.parts.atlop_models import (
    Options,
    Subject,
    Trained,
    labelled_documents,
    options,
    subject,
    trained,
)
from benchmarks.model.parts.atlop_sides import Efficient, Plain, write_profiles
from benchmarks.parts.report import write
from benchmarks.parts.timing import fastest, interleaved, median_ratio
from extractor.datasets.splits import split_documents
from extractor.encoder.precision import Precision
from extractor.evaluation.cells import gold_cells
from extractor.evaluation.gold import score_gold

TOKENS = (512, 1024, 2048, 4096, 8192)
"""Batch sizes of the efficient path, in word pieces with padding."""
DOCUMENTS = (1, 2, 4, 8, 16)
"""Batch sizes of the plain path."""


def speed(given: Subject, *, repeats: int) -> dict[str, float]:
    """Time scoring, then training, which changes the weights."""
    device = torch.device("cpu")
    efficient, plain = Efficient(given, device), Plain(given, device)
    tokens = fastest({size: partial(efficient.score, size, "fp32") for size in TOKENS})
    size = fastest({each: partial(plain.score, each, "fp32") for each in DOCUMENTS})
    reduced = fastest({each: partial(efficient.score, each, "bf16") for each in TOKENS})
    reduced_plain = fastest({each: partial(plain.score, each, "bf16") for each in DOCUMENTS})
    taken = interleaved(
        {
            "plain": partial(plain.score, size, "fp32"),
            "plain_four": partial(plain.score, 4, "fp32"),
            "efficient": partial(efficient.score, tokens, "fp32"),
            "plain_bf16": partial(plain.score, reduced_plain, "bf16"),
            "efficient_bf16": partial(efficient.score, reduced, "bf16"),
        },
        repeats=repeats,
    )
    trained = interleaved(
        {
            "plain": partial(plain.train, "fp32"),
            "efficient": partial(efficient.train, "fp32"),
            "plain_bf16": partial(plain.train, "bf16"),
            "efficient_bf16": partial(efficient.train, "bf16"),
        },
        repeats=max(1, repeats // 2),
    )
    documents = len(given.samples)
    return {
        "cpu_ratio": median_ratio(taken["plain"], taken["efficient"]),
        "cpu_reduced_ratio": median_ratio(taken["plain"], taken["efficient_bf16"]),
        "cpu_reduced_ratio_both": median_ratio(taken["plain_bf16"], taken["efficient_bf16"]),
        # Not what the issue asks for, but what a user of the original has: it scores in batches.
        "cpu_ratio_to_batches_of_four": median_ratio(taken["plain_four"], taken["efficient"]),
        "cpu_reduced_ratio_to_batches_of_four": median_ratio(
            taken["plain_four"], taken["efficient_bf16"]
        ),
        "cpu_train_ratio": median_ratio(trained["plain"], trained["efficient"]),
        "cpu_train_reduced_ratio": median_ratio(trained["plain"], trained["efficient_bf16"]),
        "cpu_train_reduced_ratio_both": median_ratio(
            trained["plain_bf16"], trained["efficient_bf16"]
        ),
        "docs_per_s_plain": documents / min(taken["plain"]),
        "docs_per_s": documents / min(taken["efficient"]),
        "docs_per_s_reduced": documents / min(taken["efficient_bf16"]),
        "trained_docs_per_s_plain": documents / min(trained["plain"]),
        "trained_docs_per_s": documents / min(trained["efficient"]),
        "batch_documents_plain": size,
        "batch_pieces": tokens,
        "documents": documents,
        "threads": torch.get_num_threads(),
    }


def f1_change(source: Trained, chosen: Options) -> float:
    """Return F1 in bf16 minus F1 in fp32 on the held-out fifth, as a fraction."""
    held_out = split_documents(labelled_documents(chosen.data)).held_out
    f1: dict[Precision, float] = {}
    precisions: tuple[Precision, ...] = ("fp32", "bf16")
    for precision in precisions:
        scored = score_gold(
            source.atlop, source.tokenizer, held_out, source.vocabulary, precision=precision
        )
        cells = gold_cells(scored.windows, held_out, source.vocabulary, floor=0.0)
        f1[precision] = 2 * float(cells.holds.sum()) / (len(cells.holds) + cells.gold)
        print(f"F1 in {precision}: {f1[precision]:.4f}")
    return f1["bf16"] - f1["fp32"]


if __name__ == "__main__":
    asked = options(__doc__, documents=64)
    source = trained(asked)
    given = subject(asked, source)
    write_profiles(given, "atlop_speed", torch.device("cpu"), ("fp32", "bf16"))
    change = {"cpu_reduced_f1_change": f1_change(source, asked)} if source else {}
    if not change:
        print("cpu_reduced_f1_change is left out: it needs a trained model, see --weights")
    write("atlop_speed", {**speed(given, repeats=asked.repeats), **change}, title="speed on a CPU")
