"""When a run is far off the runs before it, and when it only varies."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flows.reports.drift import FULL_RUN, LEAST, MIN_RUNS, RUNS, StoredCounts, drift_of, figures


def counts(
    *, documents: int = 100, triples: float = 10.0, margin: float = 3.0, nil: float = 0.5
) -> StoredCounts:
    """Return the counts of a run with these figures."""
    statements = round(documents * triples)
    entities = 20 * documents
    return {
        "processed": documents,
        "statements": statements,
        "margin_sum": statements * margin,
        "entities_linked": entities - round(entities * nil),
        "entities_nil": round(entities * nil),
    }


def nights(*triples: float) -> list[StoredCounts]:
    """Return runs, the newest first, that differ in triples per document."""
    return [counts(triples=each) for each in triples]


ALIKE = nights(10, 11, 9, 10, 10)


def alarms(run: StoredCounts, earlier: Sequence[StoredCounts]) -> list[str]:
    return [each.name for each in drift_of(run, earlier).alarms]


def test_figures_are_those_of_the_counts() -> None:
    assert figures(counts(triples=7.0, margin=2.5, nil=0.25)) == {
        "triples per document": 7.0,
        "mean margin": 2.5,
        "NIL share": 0.25,
    }


def test_a_run_like_the_others_gives_no_alarm() -> None:
    assert alarms(counts(triples=11.5, margin=3.1, nil=0.54), ALIKE) == []


@pytest.mark.parametrize(
    ("run", "name"),
    [
        (counts(triples=2), "triples per document"),
        (counts(triples=30), "triples per document"),
        (counts(triples=0), "triples per document"),
        (counts(margin=1.5), "mean margin"),
        (counts(nil=0.9), "NIL share"),
        (counts(nil=0.1), "NIL share"),
    ],
)
def test_each_figure_can_give_the_alarm_alone(run: StoredCounts, name: str) -> None:
    assert alarms(run, ALIKE) == [name]


def test_one_foreign_run_among_the_earlier_ones_hides_nothing() -> None:
    assert alarms(counts(triples=2), [counts(triples=100), *ALIKE]) == ["triples per document"]


def test_runs_that_vary_much_allow_more() -> None:
    varied = nights(4, 16, 7, 13, 10)
    assert alarms(counts(triples=16), varied) == []
    assert alarms(counts(triples=16), ALIKE) == ["triples per document"]


def test_a_small_run_is_allowed_more_as_chance_moves_it_more() -> None:
    small = counts(documents=FULL_RUN // 4, triples=13.5)
    assert alarms(small, ALIKE) == []
    assert alarms({**small, **counts(triples=13.5)}, ALIKE) == ["triples per document"]


def test_too_few_documents_are_not_judged() -> None:
    drift = drift_of(counts(documents=LEAST - 1, triples=0), ALIKE)
    assert (drift.alarms, drift.figures[0].usual) == ((), None)
    assert "19 documents are too few" in drift.unjudged


def test_too_few_earlier_runs_judge_nothing() -> None:
    drift = drift_of(counts(triples=0), ALIKE[: MIN_RUNS - 1])
    assert drift.alarms == ()
    assert "are needed, and 4 found" in drift.unjudged


def test_runs_of_few_documents_do_not_count_as_earlier_ones() -> None:
    small = counts(documents=LEAST - 1, triples=0)
    assert alarms(counts(triples=10), [small] * RUNS + ALIKE) == []


def test_only_the_last_runs_count() -> None:
    now, long_ago = nights(*[10] * RUNS), nights(*[100] * 3 * RUNS)
    drift = drift_of(counts(), [*now, *long_ago])
    assert drift.figures[0].earlier == (10,) * RUNS
    assert drift.figures[0].usual == 10


def test_the_panel_shows_the_oldest_run_first() -> None:
    assert drift_of(counts(), nights(5, 4, 3, 2, 1)).figures[0].earlier == (1, 2, 3, 4, 5)


def test_runs_from_before_the_figures_were_kept_say_nothing_of_them() -> None:
    old = {"processed": 100, "statements": 1000}
    drift = drift_of(counts(triples=2), [old] * MIN_RUNS)
    assert [each.name for each in drift.alarms] == ["triples per document"]
