"""Labels of the texts of many kinds: they are about what stands there, and do not contradict."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from extractor.manifest import read_vocabulary

ROOT = Path(__file__).parents[3]
GENRES = ROOT / "samples" / "genres"
LABELS = sorted((GENRES / "labels").glob("*.json"))
RELATIONS = read_vocabulary(ROOT / "models" / "factloom-minilm").ids


def labels_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert found.keys() == {"names", "facts", "optional", "tempting"}
    return found


def forms(path: Path) -> list[str]:
    """Return a text as it is, on one line, and with broken words in one piece."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    whole = (re.sub(r"-\n[ \t>]*", joint, text) for joint in ("-\n", "", "-"))
    return [text, *(" ".join(re.sub(r"\n[ \t>|*]*", "\n", each).split()) for each in whole)]


def test_every_text_has_labels() -> None:
    texts = sorted(p.stem for p in GENRES.iterdir() if p.is_file() and p.name != "README.md")
    assert texts == [each.stem for each in LABELS]
    assert len(texts) == 72
    assert len({name.split("-")[0] for name in texts}) == 20


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_labels_name_what_stands_in_the_text_and_do_not_contradict(path: Path) -> None:
    labels = labels_of(path)
    [text] = GENRES.glob(f"{path.stem}.*")
    kinds = [[tuple(each[:3]) for each in labels[key]] for key in ("facts", "optional", "tempting")]
    every = [triple for kind in kinds for triple in kind]
    assert len(every) == len(set(every)), "one triple is listed twice"
    assert {relation for _, relation, _ in every} <= set(RELATIONS)
    named = {name for head, _, tail in every for name in (head, tail)} | labels["names"].keys()
    named |= {name for others in labels["names"].values() for name in others}
    whole = forms(text)
    assert sorted(name for name in named if not any(name in form for form in whole)) == []
    assert len(kinds[0]) >= 6
    assert len(kinds[2]) >= 3
