"""Folding of names; what it means is tested with those who use it."""

from __future__ import annotations

import tracemalloc

from extractor.names import fold_name


def test_texts_that_are_folded_do_not_stay_in_memory() -> None:
    tracemalloc.start()
    for n in range(20):
        assert fold_name(f"{n} " + "Été " * 5_000).startswith(f"{n} ete")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200_000
