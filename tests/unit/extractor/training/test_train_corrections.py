"""A training whose documents include what people corrected."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from extractor.datasets.docred import read_docred
from extractor.datasets.gathered import read_gathered, write_gathered
from extractor.datasets.splits import split_documents
from extractor.digests import WEIGHTS
from extractor.errors import DatasetRejected
from extractor.files import file_hash
from extractor.training.plan import TrainingPlan
from extractor.training.presets import PRESETS
from extractor.training.recipe import Recipe
from extractor.training.train import train
from extractor.training.trainer import TrainingProgress
from tests.unit.extractor.training.people import quiet

pytestmark = pytest.mark.slow


class Interrupted(Exception):
    pass


@pytest.fixture(scope="module")
def corrected(plan: TrainingPlan, tmp_path_factory: pytest.TempPathFactory) -> TrainingPlan:
    """A plan of which two training documents are corrections: nobody was born anywhere."""
    split = split_documents(read_docred(plan.relations))
    first, second, *rest = split.train
    wrong = [
        replace(each, labels=(), unjudged=frozenset({(1, 0)}), corrected=True)
        for each in (first, second)
    ]
    path = tmp_path_factory.mktemp("corrected") / "documents.jsonl"
    write_gathered(path, [*wrong, *rest, *split.dev])
    return replace(
        plan,
        relations=path,
        output=path.with_name("model"),
        relation_recipe=Recipe(epochs=2, batch_size=4, learning_rate=1e-3),
        mention_recipe=Recipe(epochs=1, batch_size=4),
        correction_recipe=Recipe(epochs=5, batch_size=4, learning_rate=1e-3),
    )


def test_corrections_are_learnt_last_also_after_a_kill(
    corrected: TrainingPlan, tmp_path: Path
) -> None:
    parts: list[str] = []
    checkpoint = train(corrected, lambda progress: parts.append(progress.part))
    assert list(dict.fromkeys(parts)) == ["mentions", "relations", "corrections"]
    titles = {
        item.document.title for item in split_documents(read_gathered(corrected.relations)).train
    }
    assert titles == set(checkpoint.record.relation_titles)
    assert checkpoint.record.recipes["corrections"] == asdict(corrected.correction_recipe)
    assert "corrections | epochs 5" in (corrected.output / "README.md").read_text()

    def killed(progress: TrainingProgress) -> None:
        if progress.part == "corrections":
            raise Interrupted

    broken = replace(corrected, output=tmp_path / "broken")
    with pytest.raises(Interrupted):
        train(broken, killed)
    assert list(broken.state_folder.glob("corrections-*"))
    train(broken, quiet)
    assert file_hash(broken.output / WEIGHTS) == file_hash(corrected.output / WEIGHTS)


def test_without_corrections_nothing_is_learnt_after_the_rest(
    plan: TrainingPlan, corrected: TrainingPlan, tmp_path: Path
) -> None:
    none = replace(corrected, relations=plan.relations, output=tmp_path / "none")
    parts: set[str] = set()
    checkpoint = train(none, lambda progress: parts.add(progress.part))
    assert parts == {"mentions", "relations"}
    assert checkpoint.record.recipes["corrections"] is None


def test_a_loss_that_cannot_learn_corrections_is_refused_before_it_trains(
    corrected: TrainingPlan, tmp_path: Path
) -> None:
    plan = replace(corrected, preset=PRESETS["atlop"], output=tmp_path / "refused")
    with pytest.raises(DatasetRejected, match="corrections, which the loss atl cannot learn"):
        train(plan, quiet)
    assert not plan.state_folder.exists()
