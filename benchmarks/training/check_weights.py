"""Learn what is known of statements is worth: `extractor/checks/weights.json`.

From Re-DocRED dev without the held-out fifth. Most of these documents trained the checkpoint, so
that it is surer of them than of others: that is learned beside them, and not shipped.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.parts.checked_statements import checked_statements, learned
from benchmarks.parts.report import data_folder
from extractor.checks.weights import SHIPPED
from extractor.datasets.docred import read_docred
from extractor.datasets.splits import split_documents, titles


def main(data: Path) -> None:
    """Extract, learn and save."""
    split = split_documents(read_docred(data / "redocred" / "dev_revised.json"))
    statements = checked_statements(data, (*split.train, *split.dev))
    weights = learned(statements, titles(split.train))
    weights.save(SHIPPED)
    for kind, log_odds in weights.log_odds.items():
        error, number = weights.errors[kind], weights.statements[kind]
        print(f"{kind}: {log_odds:+.2f} +- {error:.2f} of {number} statements")


if __name__ == "__main__":
    main(data_folder(__doc__))
