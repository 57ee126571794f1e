"""Linked documents, each with the candidates that an entity index has for its names.

The indices are the project's own, in SQLite, built in a temporary folder. An entry's type is the
commonest among its mentions, its popularity the number of documents that mention it.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

from benchmarks.parts.linking_training import LinkedDocument
from benchmarks.parts.report import ROOT
from benchmarks.parts.worlds import WORLDS, thinned
from corpus.entities.file import read_entities
from corpus.entities.sqlite import SqliteEntityIndex
from extractor.datasets.docred import UNDATED, LabelledDocument, read_docred
from extractor.datasets.filter_data import CDR_VOCABULARY, read_filter_data
from extractor.linking import MOST_CANDIDATES, names_to_look_up
from extractor.schema import Candidate, Cluster, Document, Mention

SAMPLES = ROOT / "samples"
SAMPLE_WEIGHT = 3.0
"""The samples are few, and have most of the names that several entries share."""
Naming = tuple[str, str]
"""How a document names an entry: a name and the cluster's type."""
Uses = Mapping[str, Mapping[int, Sequence[Naming]]]
"""id -> number of a document -> how it names the entry."""


@dataclass(frozen=True)
class Scored:
    """A document to score, and the whole index that it is linked to."""

    linked: LinkedDocument
    entries: Sequence[Candidate]

    @cached_property
    def ids(self) -> frozenset[str]:
        """The entries' ids, without the name of the knowledge base."""
        return frozenset(entry.id.partition(":")[2] for entry in self.entries)


def wikidata(data: Path) -> list[Scored]:
    """Return the 200 documents of linked DocRED, each with an index of its own.

    The index has every id of the 200 documents under the names that the other documents give it; an
    id that only this document has goes by its longest name here. Ids that share a name are
    homonyms of each other. There are no descriptions in the data.
    """
    documents = read_docred(data / "linked-docred" / "docs_with_qids.json")
    uses = uses_of(documents)
    everywhere = {entry.id.partition(":")[2]: entry for entry in named_entries(documents)}
    scored = []
    for number, item in enumerate(documents):
        own = {id_: _entry(id_, uses[id_], without=number) for id_ in uses if number in uses[id_]}
        entries = list((everywhere | own).values())
        (linked,) = with_candidates([item], entries)
        scored.append(Scored(linked, entries))
    return scored


def mesh(data: Path) -> list[Scored]:
    """Return CDR's dev documents, linked to MeSH 2017.

    The index has every descriptor of the tree, without a description, and as aliases what the
    training documents call it.
    """
    entries = _with_aliases(_descriptors(data), _cdr(data, "train"))
    return [Scored(item, entries) for item in with_candidates(_cdr(data, "dev"), entries)]


def mesh_training(data: Path) -> list[LinkedDocument]:
    """Return CDR's training documents, linked to MeSH 2017.

    Five indices, each without what a fifth of the documents says, and each a world of its own,
    serve these.
    """
    descriptors, train = _descriptors(data), _cdr(data, "train")
    linked = []
    for part, tenths in enumerate(WORLDS):
        others = [item for n, item in enumerate(train) if n % len(WORLDS) != part]
        own = [item for n, item in enumerate(train) if n % len(WORLDS) == part]
        linked += with_candidates(own, thinned(_with_aliases(descriptors, others), tenths))
    return linked


def _cdr(data: Path, part: str) -> list[LabelledDocument]:
    path = data / "cdr" / f"{part}_filter.data"
    return list(read_filter_data(path, vocabulary=CDR_VOCABULARY))


def samples() -> list[Scored]:
    """Return the sample documents: names that have one entry, and those of ambiguous.jsonl."""
    found = read_entities(SAMPLES / "entities.jsonl")
    entries = [entry for entry in found if isinstance(entry, Candidate)]
    right: dict[str, dict[str, str]] = defaultdict(dict)
    for record in _records(SAMPLES / "ambiguous.jsonl"):
        right[record["document"]][record["name"]] = record["id"]
    owners: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for name in (entry.name, *entry.aliases):
            owners[name].add(entry.id)
    clear = {name: min(ids) for name, ids in owners.items() if len(ids) == 1}
    types = {entry.id: entry.type for entry in entries}
    documents = [
        _sample(record, clear | right[record["id"]], types)
        for record in _records(SAMPLES / "documents.jsonl")
    ]
    return [
        Scored(replace(item, weight=SAMPLE_WEIGHT), entries)
        for item in with_candidates(documents, entries)
    ]


def named_entries(documents: Sequence[LabelledDocument]) -> list[Candidate]:
    """Return an entry for each id of the documents, under the names that they give it."""
    return [_entry(id_, uses) for id_, uses in uses_of(documents).items()]


def uses_of(documents: Sequence[LabelledDocument]) -> Uses:
    """Return how each document names each id: by all names of the clusters that have it."""
    uses: dict[str, dict[int, list[Naming]]] = defaultdict(lambda: defaultdict(list))
    for number, item in enumerate(documents):
        text = item.document.text
        for cluster, ids in zip(item.document.clusters, item.kb_ids, strict=True):
            for id_ in ids[:1]:
                uses[id_][number] += [
                    (text[mention.start : mention.end], cluster.type)
                    for mention in cluster.mentions
                ]
    return uses


def with_candidates(
    documents: Sequence[LabelledDocument], entries: Iterable[Candidate]
) -> list[LinkedDocument]:
    """Return documents with what an index of these entries has for their names."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "entities.jsonl"
        lines = (json.dumps(asdict(entry), ensure_ascii=False) for entry in entries)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        report = SqliteEntityIndex.build(Path(folder) / "entities.sqlite", file)
        if report.skipped:
            raise SystemExit(f"the index skips {report.skipped[0]}")
        index = SqliteEntityIndex(Path(folder) / "entities.sqlite")
        found = []
        for item in documents:
            named = names_to_look_up(item.document, item.document.clusters)
            names = sorted({name for names in named for name in names})
            found.append(LinkedDocument(item, index.candidates(names, limit=MOST_CANDIDATES)))
        index.close()
        return found


def _entry(id_: str, uses: Mapping[int, Sequence[Naming]], *, without: int = -1) -> Candidate:
    others = [naming for number, namings in uses.items() if number != without for naming in namings]
    longest = max(uses.get(without, ()), key=lambda naming: (len(naming[0]), naming), default=None)
    namings = others or [longest for _ in range(1) if longest]
    names = _commonest(name for name, _ in namings)
    return Candidate(
        id=f"wikidata:{id_}",
        name=names[0],
        type=_commonest(type_ for _, type_ in namings)[0],
        aliases=tuple(names[1:]),
        popularity=float(len(uses.keys() - {without})),
    )


def _commonest(values: Iterable[str]) -> list[str]:
    counts = Counter(values)
    return sorted(counts, key=lambda value: (-counts[value], value))


def _descriptors(data: Path) -> dict[str, Candidate]:
    """Return MeSH's descriptors; D (Chemicals and Drugs) holds chemicals, all else diseases."""
    path = data / "mesh" / "2017MeshTree.txt"
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    types: dict[str, list[str]] = defaultdict(list)
    for number, id_, _ in rows:
        types[id_].append("Chemical" if number.startswith("D") else "Disease")
    return {
        id_: Candidate(
            id=f"mesh:{id_}",
            name=term,
            type=_commonest(types[id_])[0],
        )
        for _, id_, term in rows
    }


def _with_aliases(
    descriptors: Mapping[str, Candidate], documents: Sequence[LabelledDocument]
) -> list[Candidate]:
    uses = uses_of(documents)
    return [
        replace(
            entry,
            aliases=tuple(
                _commonest(name for names in uses.get(id_, {}).values() for name, _ in names)
            ),
            popularity=float(len(uses.get(id_, {}))),
        )
        for id_, entry in descriptors.items()
    ]


def _sample(
    record: Mapping[str, str], ids: Mapping[str, str], types: Mapping[str, str]
) -> LabelledDocument:
    text = record["text"]
    longest_first = sorted(ids, key=lambda name: (-len(name), name))
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for match in re.finditer(rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", text):
        spans[ids[match[0]]].append(match.span())
    return LabelledDocument(
        document=Document(
            id=f"samples:{record['id']}",
            source="samples",
            title=record["title"],
            text=text,
            updated_at=UNDATED,
            clusters=tuple(
                Cluster(
                    type=types[id_],
                    mentions=tuple(Mention(start=s, end=e, type=types[id_]) for s, e in places),
                )
                for id_, places in spans.items()
            ),
        ),
        labels=(),
        kb_ids=tuple((id_.partition(":")[2],) for id_ in spans),
    )


def _records(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
