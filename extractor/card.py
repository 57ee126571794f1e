"""The model card of a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractor.checkpoint import Checkpoint

CARD = """---
license: apache-2.0
library_name: factloom
tags: [relation-extraction, document-level, atlop, entity-recognition]
---
# {name}

Document-level relation extraction (ATLOP, AAAI 2021) and mention detection in one checkpoint,
sharing the frozen word embeddings. English, encyclopaedic prose. Load it with Factloom; weights are
safetensors, matrices in int8 with one scale a row.

## Training

* Relations: {train} documents of {relation_files}; {calibration} further documents fitted the
  calibrator. The held-out fifth (sha256(title) mod 5 = 0) trained nothing.
* Mentions: {mentions} documents of {mention_files}.
* Encoder: all-MiniLM-L6-v2 (Apache-2.0) unless the record says otherwise. (Re-)DocRED: MIT.
* Recipes: `{recipes}`

`training_record.json` lists every title. A model is never scored on a document that it saw.

## Scores of these stored weights

| what | precision | recall | F1 |
|---|---|---|---|
{scores}

Relations: gold mentions and clusters of the held-out fifth, margin above 0. Ign F1 leaves out facts
that the training documents state. Mentions: strict, on labelled documents that the detector has not
seen.

## Probability

sigmoid({slope:.4f} * margin + {offset:.4f}), fitted on the calibration documents. Labels of
Re-DocRED are incomplete, so it is rather too low than too high. A margin means nothing under
another checkpoint.

## Limits

Trained on few documents with a small encoder; from raw text, errors of mentions, clusters and links
come on top. Relations outside the vocabulary of {relations} are not seen. Not for decisions about
people.
"""


def model_card(checkpoint: Checkpoint, scores: Mapping[str, Any]) -> str:
    """Return the card of a checkpoint with its scores."""
    record = checkpoint.record
    rows = []
    if scores["relations"]:
        rows.append(_row("relations, F1", scores["relations"]["f1"]))
        rows.append(_row("relations, Ign F1", scores["relations"]["ign_f1"]))
    rows.append(_row("mentions, span", scores["mentions"]["span"]))
    rows.append(_row("mentions, span and type", scores["mentions"]["typed"]))
    return CARD.format(
        name=checkpoint.name,
        train=len(record.relation_titles),
        calibration=len(record.dev_titles),
        mentions=len(record.mention_titles),
        relation_files=", ".join(record.relation_files),
        mention_files=", ".join(record.mention_files),
        recipes=dict(record.recipes),
        scores="\n".join(rows),
        slope=checkpoint.calibrator.slope,
        offset=checkpoint.calibrator.offset,
        relations=len(checkpoint.relations.ids),
    )


def _row(name: str, score: Mapping[str, float]) -> str:
    return f"| {name} | {score['precision']:.3f} | {score['recall']:.3f} | {score['f1']:.3f} |"
