from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from extractor.clusters import cluster_mentions
from extractor.clusters.weights import FORMAT, SHIPPED, shipped_weights
from extractor.datasets.splits import in_held_out_fifth
from extractor.training.clustering import gold_pairs, main, train_clustering
from tests.unit.extractor.annotated import annotated_document, labelled, read_annotated

APART = "[Ann Lee|PER|{}] met [Bob Lee|PER|{}]. [Gamma Bank|ORG|{}] paid [Gamma|ORG|{}] him."
DOCUMENTS = [
    labelled(APART.format(0, 1, 2, 2), title="One"),
    labelled(APART.format(0, 1, 2, 2).replace("Lee", "Ray"), title="Two"),
]


def test_a_pair_has_its_kind_and_whether_it_is_one_entity() -> None:
    pairs = list(gold_pairs(DOCUMENTS[0].document))
    assert [(kind, same) for kind, _, same in pairs] == [("PER", False), ("ORG", True)]
    assert pairs[1][1]["prefix"] == 1.0
    mixed = annotated_document("[Met|ORG|0] or [Met|LOC|1]")
    ((kind, features, same),) = gold_pairs(mixed)
    assert (kind, features["same_name"], same) == ("mixed", 1.0, False)


def test_what_was_learned_clusters_the_documents_that_it_was_learned_from() -> None:
    weights = train_clustering(DOCUMENTS * 5)
    for item in DOCUMENTS:
        mentions = [m for cluster in item.document.clusters for m in cluster.mentions]
        assert cluster_mentions(item.document.text, mentions, weights) == item.document.clusters
    assert weights.trained_on == ("One",) * 5 + ("Two",) * 5


def test_the_order_of_documents_changes_nothing() -> None:
    one, other = train_clustering(DOCUMENTS), train_clustering(DOCUMENTS[::-1])
    assert one.trained_on == other.trained_on
    for kind, weights in one.by_type.items():
        for name, weight in weights.items():
            assert other.by_type[kind][name] == pytest.approx(weight, abs=2e-4)


def test_the_command_writes_weights_without_the_held_out_fifth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = [f"Document {n}" for n in range(10)]
    record = {
        "sents": [["Gamma", "Bank", "paid", "Gamma"]],
        "vertexSet": [
            [
                {"name": "Gamma Bank", "sent_id": 0, "pos": [0, 2], "type": "ORG"},
                {"name": "Gamma", "sent_id": 0, "pos": [3, 4], "type": "ORG"},
            ]
        ],
    }
    source, output = tmp_path / "documents.json", tmp_path / "weights.json"
    source.write_text(json.dumps([{"title": title, **record} for title in titles]))
    monkeypatch.setattr("sys.argv", ["clustering", str(source), "--output", str(output)])
    main()
    written = json.loads(output.read_text(encoding="utf-8"))
    assert written["format"] == FORMAT
    assert written["trained_on"] == [title for title in titles if not in_held_out_fifth(title)]
    assert 0 < len(written["trained_on"]) < 10
    assert np.isfinite(list(written["by_type"]["ORG"].values())).all()


def test_the_shipped_weights_saw_nothing_that_is_held_out(tmp_path: Path) -> None:
    weights = shipped_weights()
    assert len(weights.trained_on) > 500
    assert not any(map(in_held_out_fifth, weights.trained_on))
    weights.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == SHIPPED.read_bytes()
    text, mentions, _ = read_annotated("[Gamma Bank|ORG] paid. [Gamma|ORG] did.")
    nothing = replace(weights, by_type={})
    assert len(cluster_mentions(text, mentions, nothing)) == 2
