"""How good are clusters of gold mentions, beside those of equal names?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.parts.report import data_folder, write
from benchmarks.quality.parts.cluster_scores import Partition, cluster_scores
from extractor.clusters import cluster_mentions
from extractor.datasets.docred import read_docred
from extractor.names import fold_name
from extractor.schema import Cluster, Document, Mention


def figures(data: Path) -> dict[str, float]:
    """Score the clusters of Re-DocRED dev's gold mentions."""
    documents = [item.document for item in read_docred(data / "redocred" / "dev_revised.json")]
    gold = [gold_spans(document) for document in documents]
    ours, plain = (
        cluster_scores([clustered(document) for document in documents], gold)
        for clustered in (our_spans, equal_names)
    )
    return {
        "b3": ours.b3.f1,
        "ceaf_e": ours.ceaf_e.f1,
        "exact_f1": ours.exact.f1,
        "baseline_b3": plain.b3.f1,
        "baseline_ceaf_e": plain.ceaf_e.f1,
        "baseline_exact_f1": plain.exact.f1,
        "documents": len(documents),
    }


def gold_mentions(document: Document) -> list[Mention]:
    """Return a document's gold mentions, each span once: the clusters are what is to be found."""
    by_span = {
        (mention.start, mention.end): mention
        for cluster in reversed(document.clusters)
        for mention in cluster.mentions
    }
    return [by_span[span] for span in sorted(by_span)]


def gold_spans(document: Document) -> Partition:
    """Return the gold clusters; a span that two of them have counts in the first."""
    spans = as_spans(document.clusters)
    return [kept for n, cluster in enumerate(spans) if (kept := cluster.difference(*spans[:n]))]


def our_spans(document: Document) -> Partition:
    """Return what the extractor makes of the gold mentions."""
    return as_spans(cluster_mentions(document.text, gold_mentions(document)))


def equal_names(document: Document) -> Partition:
    """Return the baseline: mentions of equal folded names are one cluster, whatever their types."""
    clusters = defaultdict(set)
    for mention in gold_mentions(document):
        name = fold_name(document.text[mention.start : mention.end])
        clusters[name].add((mention.start, mention.end))
    return list(clusters.values())


def as_spans(clusters: Iterable[Cluster]) -> Sequence[set[tuple[int, int]]]:
    """Return clusters as sets of spans."""
    return [{(each.start, each.end) for each in cluster.mentions} for cluster in clusters]


if __name__ == "__main__":
    write("clusters", figures(data_folder(__doc__)), title="clusters of gold mentions")
