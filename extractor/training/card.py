"""The model card of a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from extractor.checkpoint import Checkpoint
from extractor.relations import THRESHOLD_COLUMN
from extractor.training.presets import PRESETS

CARD = """---
license: apache-2.0
library_name: factloom
tags: [relation-extraction, document-level, atlop, entity-recognition]
---
# {name}

Document-level relation extraction (ATLOP, AAAI 2021) for {relations} relations, and mention
detection, in one checkpoint. Load it with Factloom; weights are safetensors, matrices in int8 with
one scale a row.

## Model

* Preset: {preset}
* Encoder: {encoder}; the word embeddings stayed as they were pretrained and serve both models.

## Training

{went_on}* Relations: {train} documents of {relation_files}.
{taught}* Dev: {dev} further documents chose the epoch, the thresholds and the evidence rule, and
  fitted the calibrator. They trained no weights.
* The held-out fifth (sha256(title) mod 5 = 0) trained and chose nothing.
* Mentions: {mentions} documents of {mention_files}.

{recipes}

`training_record.json` lists every title and the sha256 of every file. A model is never scored on a
document that it saw.

## Scores of these stored weights

| what | precision | recall | F1 |
|---|---:|---:|---:|
{scores}

{scores_note}{trust}## Reading a statement

* Margin: the relation's logit minus that of the threshold class, counted from the tuned threshold
  ({thresholds}), so that above 0 is asserted. It is no probability, and means nothing under another
  checkpoint.
* Probability: {calibration}. {circumstances}
  Labels are incomplete, so it is rather too low than too high.
* Evidence: sentences with share + {cooccurrence:g} (if both arguments are mentioned) >
  {evidence:g}, the share being that of the pair's context attention; always one that mentions the
  head and one that mentions the tail.

## Licences

* These weights: Apache-2.0, as Factloom.
* Encoder: all-MiniLM-L6-v2, the default, is Apache-2.0; another has a licence of its own.
* Data: Re-DocRED and DocRED are MIT, their text is Wikipedia's (CC BY-SA); CDR is public. For files
  of your own see `training_record.json`, which names them.

## Limits

Trained on few documents with a small encoder, unless you changed both; from raw text, errors of
mentions, clusters and links come on top. Relations outside the vocabulary are not seen. Not for
decisions about people.
"""

SCORES_NOTE = """Relations: gold mentions and clusters of the {documents} documents of the held-out
fifth. Ign leaves out facts that the training documents state. Evidence: given gold triples that
somebody marked sentences for. Mentions: strict, on labelled documents that the detector has not
seen.

"""
TRUST = """| calibration on the held-out fifth | value |
|---|---:|
| ECE, 15 bins of equal mass, probability >= 0.05 | {ece} |
| ECE, asserted | {ece_asserted} |
| Brier score, probability >= 0.05 | {brier} |
| area under precision and recall | {auprc} |
| area under risk and coverage, asserted | {risk_coverage} |
| pairs that no window shows, not scored | {unscored_pairs} |

"""
ROWS = {
    "relations": {"f1": "relations", "ign_f1": "relations, Ign"},
    "trust": {
        "evidence": "evidence",
        "evidence_baseline": "evidence, sentences with both arguments instead",
        "evidence_attention": "evidence, attention over 0.2 instead",
    },
    "mentions": {"span": "mentions, span", "typed": "mentions, span and type"},
}


def model_card(checkpoint: Checkpoint, scores: Mapping[str, Any]) -> str:
    """Return the card of a checkpoint with its scores, in the form of `scores.json`."""
    record, relations = checkpoint.record, scores["relations"]
    note = SCORES_NOTE.format(documents=relations["documents"]) if relations else ""
    return CARD.format(
        name=checkpoint.name,
        relations=len(checkpoint.relations.ids),
        preset=_preset(record.recipes.get("preset")),
        encoder=_encoder(checkpoint),
        train=len(record.relation_titles),
        relation_files=_listed(record.relation_files),
        went_on=_went_on(record.went_on_from),
        taught=_taught(len(record.unlabelled_titles)),
        dev=len(record.dev_titles),
        mentions=len(record.mention_titles),
        mention_files=_listed(record.mention_files),
        recipes=_recipes(record.recipes),
        scores="\n".join(_score_rows(scores)),
        scores_note=note,
        trust=_trust(relations) if relations else "",
        thresholds=_thresholds(checkpoint),
        calibration=_calibration(checkpoint),
        circumstances=_circumstances(checkpoint),
        cooccurrence=checkpoint.evidence.cooccurrence,
        evidence=checkpoint.evidence.threshold,
    )


def _preset(switches: Mapping[str, Any] | None) -> str:
    if switches is None:
        return "not recorded"
    known = (name for name, preset in PRESETS.items() if asdict(preset) == switches)
    listed = ", ".join(f"{name} {value}" for name, value in switches.items())
    return f"`{next(known, 'none of those with a name')}` ({listed})"


def _encoder(checkpoint: Checkpoint) -> str:
    config = checkpoint.atlop.encoder.config
    return f"{config.model_type}, {config.num_hidden_layers} layers of {config.hidden_size}"


def _went_on(name: str) -> str:
    return (
        f"* Went on from the weights of `{name}`, whose documents are counted too.\n"
        if name
        else ""
    )


def _taught(documents: int) -> str:
    return f"* Labelled by teachers: {documents} further documents.\n" if documents else ""


def _recipes(recipes: Mapping[str, Any]) -> str:
    """Return one row for each recipe of a training."""
    parts = {name: recipe for name, recipe in recipes.items() if name != "preset" and recipe}
    rows = ["| part | recipe |", "|---|---|"]
    for part, recipe in parts.items():
        # Teachers differ by their seeds alone.
        first, often = (
            (recipe[0], f" x {len(recipe)}") if isinstance(recipe, list) else (recipe, "")
        )
        listed = ", ".join(f"{name} {value}" for name, value in first.items() if value is not None)
        rows.append(f"| {part}{often} | {listed} |")
    return "\n".join(rows)


def _score_rows(scores: Mapping[str, Any]) -> Iterator[str]:
    relations = scores["relations"]
    parts = {
        "relations": relations,
        "trust": relations and relations["trust"],
        "mentions": scores["mentions"],
    }
    for part, names in ROWS.items():
        for key, name in names.items() if parts[part] else ():
            score = parts[part][key]
            numbers = (score["precision"], score["recall"], score["f1"])
            yield f"| {name} | " + " | ".join(f"{number:.3f}" for number in numbers) + " |"


def _trust(relations: Mapping[str, Any]) -> str:
    figures = {
        name: "-" if value is None else f"{value:.4f}"
        for name, value in relations["trust"].items()
        if not isinstance(value, Mapping)
    }
    return TRUST.format(**figures, unscored_pairs=relations["unscored_pairs"])


def _thresholds(checkpoint: Checkpoint) -> str:
    shifts = checkpoint.atlop.shift[THRESHOLD_COLUMN + 1 :].tolist()
    low, high = min(shifts), max(shifts)
    if low == high:
        return f"{low:.3f} for every relation"
    return f"by relation, from {low:.3f} to {high:.3f}"


def _calibration(checkpoint: Checkpoint) -> str:
    fitted = checkpoint.calibrator
    common = f"sigmoid({fitted.slope:.4f} * margin + {fitted.offset:.4f})"
    if not fitted.slopes:
        return f"{common} for every relation"
    return (
        f"sigmoid(slope * margin + offset) with numbers of its own for each relation, held near "
        f"{common}, as that lowered the cross-validated error"
    )


def _circumstances(checkpoint: Checkpoint) -> str:
    if checkpoint.circumstances is None:
        return "On raw text it is the same."
    return (
        "On raw text it is weighed with the statement's circumstances (`circumstances.json`), "
        "learned from the raw texts of the dev documents."
    )


def _listed(files: Mapping[str, str]) -> str:
    return ", ".join(files) or "files that are not recorded"
