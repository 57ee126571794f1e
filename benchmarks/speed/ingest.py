"""How fast is an ingest of 1,000 real documents from raw text, and what memory does it need?"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.parts.processes import factloom, local_environment
from benchmarks.parts.report import data_folder, write
from extractor.datasets.docred import read_docred


def figures(data: Path) -> dict[str, float]:
    """Ingest the unlabelled DocRED documents, without their gold mentions, into a fresh graph."""
    path = data / "docred" / "test_unlabelled.json"
    documents = len(read_docred(path))
    with tempfile.TemporaryDirectory() as home:
        environment = local_environment(Path(home))
        ran = factloom("ingest", str(path), "--raw", "--name", "docred", environment=environment)
        factloom("down", environment=environment)
    print(ran.output)
    return {
        "documents": documents,
        "seconds": ran.seconds,
        "docs_per_s": documents / ran.seconds,
        "peak_gb": ran.peak_bytes / 1e9,
    }


if __name__ == "__main__":
    write("ingest", figures(data_folder(__doc__)), title="ingest of raw text, end to end")
