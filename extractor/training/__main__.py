"""The command line of a machine that has torch only: `python -m extractor.training --help`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import get_args

import torch

from extractor.training.plan import RELATION_RECIPE, TrainingPlan, recipes
from extractor.training.presets import PRESETS
from extractor.training.probing import Choice, chosen_precision
from extractor.training.train import train


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train a Factloom checkpoint.")
    parser.add_argument("--relations", type=Path, required=True, help="labelled DocRED-format file")
    parser.add_argument(
        "--vocabulary", type=Path, help="relation id -> name, JSON; else the base's"
    )
    parser.add_argument(
        "--mentions",
        type=Path,
        action="append",
        default=[],
        help="DocRED-format file with gold mentions; may be given several times",
    )
    parser.add_argument("--base", type=Path, help="gives what is not trained")
    parser.add_argument("--from-base", action="store_true", help="go on from the base's weights")
    parser.add_argument("--output", type=Path, required=True, help="folder of the new checkpoint")
    parser.add_argument("--encoder", help="local path or hub name; default: the installed MiniLM")
    parser.add_argument("--unlabelled", type=Path, help="documents that teachers label")
    parser.add_argument("--teachers", type=int, default=2)
    parser.add_argument("--teacher-epochs", type=int, default=RELATION_RECIPE.epochs)
    parser.add_argument("--precision", choices=get_args(Choice), default="auto")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="factloom")
    parser.add_argument("--seed", type=int, default=RELATION_RECIPE.seed)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--mention-epochs", type=int)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args()


def main() -> None:
    """Train with progress as plain lines."""
    given = _arguments()
    precision = chosen_precision(given.precision, given.device)
    relations, mentions = (
        replace(each, precision=precision) for each in recipes(continued=given.from_base)
    )
    plan = TrainingPlan(
        relations=given.relations,
        vocabulary=given.vocabulary,
        mentions=tuple(given.mentions),
        output=given.output,
        encoder=given.encoder,
        base=given.base,
        continued=given.from_base,
        preset=PRESETS[given.preset],
        relation_recipe=replace(
            relations, seed=given.seed, epochs=given.epochs or relations.epochs
        ),
        unlabelled=given.unlabelled,
        teachers=given.teachers,
        teacher_recipe=replace(
            RELATION_RECIPE, seed=given.seed, precision=precision, epochs=given.teacher_epochs
        ),
        mention_recipe=replace(mentions, epochs=given.mention_epochs or mentions.epochs),
        device=given.device,
    )
    checkpoint = train(
        plan,
        lambda p: print(f"{p.part} step {p.step}/{p.steps} loss {p.loss:.4f}", flush=True),
    )
    print(f"saved {checkpoint.name} to {plan.output}")


if __name__ == "__main__":
    main()
