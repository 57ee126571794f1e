"""When a run is Completed, Failed or Cancelled, and what people are told of why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flows.records import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended."""

    state: Literal["Completed", "Failed", "Cancelled"]
    why: str = ""
    """Why it is not Completed, and what of it stays; empty where it is."""


def outcome(counts: Counts, *, refusal: str, interrupted: bool, max_failed_share: float) -> Outcome:
    """Return how a run ended.

    Args:
        counts: what it came to.
        refusal: why nothing was retracted, and what lets it pass; empty where it was allowed.
        interrupted: whether somebody asked it to stop, and it did.
        max_failed_share: it fails if a larger share of its records failed.
    """
    if interrupted:
        stays = "interrupted between two batches: what is written stays, the next run goes on"
        return Outcome(state="Cancelled", why=stays)
    reasons = [refusal] if refusal else []
    if counts.failed_share > max_failed_share:
        reasons.append(
            f"{counts.failed_share:.0%} of the records failed ({counts.failed_anew} of "
            f"{counts.news}), more than the {max_failed_share:.0%} of "
            "FACTLOOM_RUN__MAX_FAILED_SHARE (factloom failures lists what can be tried again)"
        )
    if not reasons:
        return Outcome(state="Completed")
    if counts.documents:
        reasons.append(f"the other documents, {counts.documents}, are written")
    return Outcome(state="Failed", why="; ".join(reasons))
