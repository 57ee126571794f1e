"""When a run is Completed, Failed or Cancelled, and why."""

from __future__ import annotations

import pytest

from flows.records import Counts
from flows.run.outcome import Outcome, outcome

THREE_OF_EIGHT = Counts(read=8, documents=5, failed=3)


def ended(
    counts: Counts = THREE_OF_EIGHT,
    *,
    refusal: str = "",
    interrupted: bool = False,
    share: float = 0.2,
) -> Outcome:
    return outcome(counts, refusal=refusal, interrupted=interrupted, max_failed_share=share)


@pytest.mark.parametrize(("share", "state"), [(0.375, "Completed"), (0.37, "Failed")])
def test_a_run_fails_above_the_allowed_share(share: float, state: str) -> None:
    assert ended(share=share).state == state


def test_what_failed_before_just_so_fails_no_run() -> None:
    assert ended(Counts(read=3, failed=3, failed_again=3)) == Outcome(state="Completed")


def test_a_refused_retraction_fails_a_run() -> None:
    assert ended(Counts(), refusal="no") == Outcome(state="Failed", why="no")


def test_a_run_says_why_it_is_not_completed_and_what_stays() -> None:
    assert ended().why == (
        "38% of the records failed (3 of 8), more than the 20% of FACTLOOM_RUN__MAX_FAILED_SHARE "
        "(factloom failures lists what can be tried again); the other documents, 5, are written"
    )
    both = ended(refusal="no").why
    assert both.startswith("no; 38%")
    assert both.endswith("5, are written")
    assert ended(share=1.0).why == ""


def test_an_interrupted_run_is_cancelled_however_much_failed() -> None:
    found = ended(refusal="no", interrupted=True)
    assert found.state == "Cancelled"
    assert "interrupted" in found.why
