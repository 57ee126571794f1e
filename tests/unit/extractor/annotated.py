"""Documents written with their mentions: 'Ada [Lovelace|PER|1] met [Babbage|PER|2].'"""

from __future__ import annotations

import re

from extractor.datasets.docred import Label, LabelledDocument
from extractor.schema import Cluster, Document, Mention
from extractor.text.sentences import split_sentences

MARKED = re.compile(r"\[([^|\]]+)\|([A-Z]+)(?:\|(\d+))?\]")


def read_annotated(marked: str) -> tuple[str, list[Mention], list[Cluster]]:
    """Return the text, its mentions, and the clusters of those mentions that carry a number."""
    text = ""
    mentions: list[Mention] = []
    numbered: dict[int, list[Mention]] = {}
    place = 0
    for match in MARKED.finditer(marked):
        surface, type_, number = match.groups()
        text += marked[place : match.start()]
        mention = Mention(start=len(text), end=len(text) + len(surface), type=type_)
        text += surface
        place = match.end()
        mentions.append(mention)
        if number is not None:
            numbered.setdefault(int(number), []).append(mention)
    text += marked[place:]
    clusters = [
        Cluster(type=numbered[number][0].type, mentions=tuple(numbered[number]))
        for number in sorted(numbered)
    ]
    return text, mentions, clusters


def annotated_document(marked: str, *, identifier: str = "1", title: str = "") -> Document:
    """Return a document with its gold clusters and sentences."""
    text, _, clusters = read_annotated(marked)
    return Document(
        id=f"tests:{identifier}",
        source="tests",
        title=title or f"Document {identifier}",
        text=text,
        updated_at="2026-01-31T12:00:00Z",
        sentences=split_sentences(text),
        clusters=tuple(clusters),
    )


def labelled(
    marked: str, *labels: tuple[int, str, int], title: str = "Document"
) -> LabelledDocument:
    """Return a labelled document; a label is (head, relation, tail) by the order of clusters."""
    return LabelledDocument(
        document=annotated_document(marked, identifier=title, title=title),
        labels=tuple(
            Label(head=head, relation=relation, tail=tail) for head, relation, tail in labels
        ),
    )
