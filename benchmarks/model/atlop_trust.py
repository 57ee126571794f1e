"""Can the shipped checkpoint's probabilities and evidence sentences be trusted?"""

from __future__ import annotations

from pathlib import Path

from benchmarks.parts.report import data_folder, write
from benchmarks.quality.relations import scores


def figures(data: Path) -> dict[str, float]:
    """Measure calibration and evidence on the held-out fifth of Re-DocRED dev."""
    trust = scores(data).trust
    found = {
        "ece": trust.ece,
        "ece_asserted": trust.ece_asserted,
        "brier": trust.brier,
        "auprc": trust.auprc,
        "risk_coverage": trust.risk_coverage,
        "evidence_f1": trust.evidence.f1,
        "evidence_f1_baseline": trust.evidence_baseline.f1,
        "evidence_f1_attention": trust.evidence_attention.f1,
    }
    return {name: value for name, value in found.items() if value is not None}


if __name__ == "__main__":
    write("atlop_trust", figures(data_folder(__doc__)), title="calibration and evidence")
