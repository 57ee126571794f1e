"""What a checkpoint is trained from, and how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from extractor.atlop.loss import SOFT_LOSSES
from extractor.digests import WEIGHTS
from extractor.encoder.encoder import default_encoder
from extractor.errors import DatasetRejected
from extractor.files import file_hash
from extractor.relations import RelationVocabulary
from extractor.training.presets import PRESETS, Preset
from extractor.training.recipe import Recipe

RELATION_RECIPE = Recipe()
MENTION_RECIPE = Recipe(epochs=9, batch_size=8, head_learning_rate=1e-3)
CONTINUED_RELATIONS = Recipe(epochs=4, learning_rate=1e-4)
CONTINUED_MENTIONS = Recipe(epochs=2, batch_size=8, learning_rate=1e-4, head_learning_rate=3e-4)
"""For a training that goes on: what is known needs few passes."""
CORRECTION_RECIPE = Recipe(epochs=10, learning_rate=1e-4)


def recipes(*, continued: bool) -> tuple[Recipe, Recipe]:
    """Return how relations and mentions are trained, from the start or further."""
    if continued:
        return CONTINUED_RELATIONS, CONTINUED_MENTIONS
    return RELATION_RECIPE, MENTION_RECIPE


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """What to train, on what, and where to."""

    relations: Path
    """Labelled documents: `.json` (DocRED), `.data` (CDR, GDA) or `.csv` (own triples)."""
    vocabulary: Path | None
    """JSON object of relation id -> English name, or name and types; without any, `base`'s."""
    mentions: tuple[Path, ...]
    """Documents with gold mentions; without any, the mention detector of `base` is kept."""
    output: Path
    encoder: Path | str | None = None
    """A local path or hub name; the MiniLM of an installed package if there is none."""
    base: Path | None = None
    """The checkpoint that gives what is not trained."""
    continued: bool = False
    """Whether what is trained goes on from the weights of `base`, instead of the encoder's."""
    state: Path | None = None
    """A folder for the state of training alone; '<output>.factloom-state' if not given."""
    preset: Preset = PRESETS["factloom"]
    relation_recipe: Recipe = RELATION_RECIPE
    unlabelled: Path | None = None
    """Documents with gold mentions that teachers label before the model itself is trained."""
    teachers: int = 2
    """How many teachers, of other seeds, are trained for that."""
    teacher_recipe: Recipe = RELATION_RECIPE
    mention_recipe: Recipe = MENTION_RECIPE
    correction_recipe: Recipe = CORRECTION_RECIPE
    """Of what people corrected, which is learned last."""
    device: str = "cpu"
    documents: Path | None = None
    """The JSONL file with the documents that a `.csv` labels."""
    entities: Path | None = None
    """CSV of (document, name, type) beside a `.csv`."""

    def __post_init__(self) -> None:
        """Refuse what cannot be trained together, before anything is."""
        if self.continued and (self.base is None or self.encoder is not None):
            raise DatasetRejected(
                "a training that goes on needs a base checkpoint, whose encoder it keeps"
            )
        if self.continued and self.unlabelled is not None:
            raise DatasetRejected(
                "teachers start from a pretrained encoder: give documents without labels, or go on "
                "from a checkpoint, not both"
            )
        if self.unlabelled is not None and self.preset.loss not in SOFT_LOSSES:
            raise DatasetRejected(
                f"the loss {self.preset.loss} takes no soft labels: choose one of "
                f"{', '.join(SOFT_LOSSES)}, or give no unlabelled documents"
            )

    @property
    def source(self) -> Path | str:
        """What gives the word pieces: the pretrained encoder, or the checkpoint gone on from."""
        if self.continued and self.base is not None:
            return self.base
        return self.encoder or default_encoder()

    @property
    def recipes_of_teachers(self) -> list[Recipe]:
        """What each teacher is trained by: the same but for the seed."""
        first = self.teacher_recipe.seed + 1
        return [
            replace(self.teacher_recipe, seed=first + number) for number in range(self.teachers)
        ]

    @property
    def state_folder(self) -> Path:
        """Where training saves its state until the checkpoint is written."""
        return self.state or self.output.with_name(f"{self.output.name}.factloom-state")

    def part_state(self, part: str, files: Sequence[Path], vocabulary: RelationVocabulary) -> Path:
        """Return the state folder of a part: other data, switches or encoders have another."""
        paths = (*files, self.documents, self.entities, self.unlabelled)
        teachers = [self.teachers, asdict(self.teacher_recipe)] if self.unlabelled else []
        text = json.dumps(
            [
                [path and file_hash(path) for path in paths],
                vocabulary.to_json(),
                str(self.encoder),
                asdict(self.preset),
                teachers,
                self.continued and self.base and file_hash(self.base / WEIGHTS),
            ]
        )
        return self.state_folder / f"{part}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
