"""How much faster and smaller than the plain path is the efficient one on a GPU?

Both sides run in bf16 on the same documents, each at its best batch size, in turns.
`memory_ratio`: the efficient side's peak of GPU memory as a share of the plain side's, weights
included. `peak_share`: the arithmetic of scoring a second, as a share of what a large matrix
product reaches on this card. Without a GPU nothing is measured and nothing written. Where the time
goes is written to `results/profiles/atlop_speed_gpu.txt`.
"""

from __future__ import annotations

from functools import partial

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.model.parts.atlop_models import Subject, options, subject, trained
from benchmarks.model.parts.atlop_sides import Efficient, Plain, write_profiles
from benchmarks.parts.report import write
from benchmarks.parts.timing import Run, fastest, interleaved, median_ratio, seconds

TOKENS = (2048, 4096, 8192, 16384, 32768, 65536)
"""Batch sizes of the efficient path, in word pieces with padding."""
DOCUMENTS = (1, 2, 4, 8, 16, 32)
"""Batch sizes of the plain path."""
PRODUCT = 8192
"""Rows and columns of the matrices whose product tells what the card can do."""


def figures(given: Subject, device: torch.device, *, repeats: int) -> dict[str, float]:
    """Time scoring, weigh it, then time training, which changes the weights."""
    efficient, plain = Efficient(given, device), Plain(given, device)
    tokens = fastest({size: partial(efficient.score, size, "bf16") for size in TOKENS})
    size = fastest({each: partial(plain.score, each, "bf16") for each in DOCUMENTS})
    score: dict[str, Run] = {
        "plain": partial(plain.score, size, "bf16"),
        "efficient": partial(efficient.score, tokens, "bf16"),
    }
    taken = interleaved(score, repeats=repeats)
    memory = {name: peak_bytes(run) for name, run in score.items()}
    rate = operations(score["efficient"]) / min(taken["efficient"])
    step: dict[str, Run] = {
        "plain": partial(plain.train, "bf16"),
        "efficient": partial(efficient.train, "bf16"),
    }
    for run in step.values():
        run()
    steps = interleaved(step, repeats=repeats)
    documents = len(given.samples)
    return {
        "ratio": median_ratio(taken["plain"], taken["efficient"]),
        "memory_ratio": memory["efficient"] / memory["plain"],
        "train_step_ratio": median_ratio(steps["plain"], steps["efficient"]),
        "peak_share": rate / attainable_rate(device),
        "docs_per_s_plain": documents / min(taken["plain"]),
        "docs_per_s": documents / min(taken["efficient"]),
        "trained_docs_per_s_plain": documents / min(steps["plain"]),
        "trained_docs_per_s": documents / min(steps["efficient"]),
        "memory_mb_plain": memory["plain"] / 1e6,
        "memory_mb": memory["efficient"] / 1e6,
        "batch_documents_plain": size,
        "batch_pieces": tokens,
        "documents": documents,
    }


def peak_bytes(run: Run) -> int:
    """Return the largest memory that tensors took on the GPU during a run.

    The weights of both sides lie there all the while.
    """
    torch.cuda.reset_peak_memory_stats()
    run()
    return torch.cuda.max_memory_allocated()


def operations(run: Run) -> int:
    """Return the floating-point operations of a run's matrix products and attention."""
    with FlopCounterMode(display=False) as counter:
        run()
    return int(counter.get_total_flops())


def attainable_rate(device: torch.device) -> float:
    """Return the operations a second of a large matrix product in bf16."""
    one, other = torch.randn(2, PRODUCT, PRODUCT, device=device, dtype=torch.bfloat16)
    seconds(partial(torch.mm, one, other))
    return 2 * PRODUCT**3 / min(seconds(partial(torch.mm, one, other)) for _ in range(10))


def main() -> None:
    """Measure where there is a GPU."""
    asked = options(__doc__, documents=256)
    if not torch.cuda.is_available():
        print("atlop_speed_gpu: no GPU here, so nothing is measured and no result is written")
        return
    given = subject(asked, trained(asked))
    device = torch.device("cuda")
    write_profiles(given, "atlop_speed_gpu", device, ("bf16",))
    write("atlop_speed_gpu", figures(given, device, repeats=asked.repeats), title="speed on a GPU")


if __name__ == "__main__":
    main()
