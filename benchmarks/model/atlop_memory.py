"""Does a document with ten times the entities need more memory?

Two documents of 2,000 word pieces and 400 mentions, of 20 and of 200 entities, are each scored by
the efficient path in a process of its own. `mb_20` and `mb_200` are its largest resident memory,
`mb_before` the same until it scores: torch, and loading the model.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.parts.report import ROOT, write
from extractor.schema import Mention

PIECES = 2000
"""Word pieces of a document, markers included."""
MENTIONS = 400
WORDS = ("river", "stone", "garden", "winter", "music", "road", "letter", "summer")
"""Words of one piece each."""
ENTITIES = (20, 200)


def made_document(entities: int) -> tuple[str, list[list[Mention]]]:
    """Return a text and its entities; each mention is one word, and in turn of another entity."""
    chance = random.Random(0)
    count = PIECES - 2 * MENTIONS
    words = [chance.choice(WORDS) for _ in range(count)]
    mentioned = [place * count // MENTIONS for place in range(MENTIONS)]
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    clusters: list[list[Mention]] = [[] for _ in range(entities)]
    for turn, place in enumerate(mentioned):
        start = starts[place]
        mention = Mention(start=start, end=start + len(words[place]), type="MISC")
        clusters[turn % entities].append(mention)
    return " ".join(words), clusters


def measure(entities: int) -> dict[str, float]:
    """Score one document in this process; return its memory in MB."""
    from benchmarks.model.parts.atlop_models import (
        SEED,  # the parent must stay small, see `figures`
    )
    from extractor.atlop.features import build_features
    from extractor.atlop.scoring import score
    from extractor.encoder.encoder import default_encoder
    from extractor.relations import RelationVocabulary
    from extractor.text.pieces import load_tokenizer
    from extractor.training.presets import PRESETS
    from extractor.training.relation_part import new_atlop

    vocabulary = RelationVocabulary({f"P{n}": f"relation {n}" for n in range(1, 97)})
    source = default_encoder()
    tokenizer = load_tokenizer(source)
    atlop = new_atlop(PRESETS["atlop"], (), vocabulary, source, seed=SEED).eval()
    text, clusters = made_document(entities)
    features = build_features(text, (), clusters, tokenizer=tokenizer, max_pieces=512)
    before = peak_bytes()
    score(atlop, [features], pad_id=int(tokenizer.pad_token_id))
    return {"before": before / 1e6, "peak": peak_bytes() / 1e6}


def peak_bytes() -> int:
    """Return the largest resident memory of this process so far."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024


def figures() -> dict[str, float]:
    """Measure each document in a fresh process.

    Linux counts the parent's memory at the start of a child as the child's, so this process must
    not have loaded torch yet.
    """
    measured: dict[int, dict[str, float]] = {}
    for entities in ENTITIES:
        command = [sys.executable, "-m", f"benchmarks.model.{Path(__file__).stem}", str(entities)]
        ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        measured[entities] = json.loads(ran.stdout.splitlines()[-1])
    few, many = (measured[entities] for entities in ENTITIES)
    return {
        "mb_20": few["peak"],
        "mb_200": many["peak"],
        "mb_before": max(few["before"], many["before"]),
        "ratio": many["peak"] / few["peak"],
    }


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].isdigit():
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        write("atlop_memory", figures(), title="memory of a document with many entities")
