"""Labelled files and what the graph knows of edges -> the documents that a challenger learns from.

A document's title decides what it is for, as everywhere: the held-out fifth trains nothing, nor
does the dev tenth of the rest, whose documents of the files choose thresholds and calibrate.
Corrections calibrate nothing: people look at what a model asserts, so that they are no sample of
what it says. Those on titles of the held-out fifth and the dev tenth are set aside, to score.

What a person said of a pair stands: a file that labels the same text leaves the pair out, and
training learns it last (`extractor.training.correcting`).
Edges of which the graph is confident label documents that no file has and nobody judged.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extractor.datasets.docred import LabelledDocument
from extractor.datasets.gathered import read_gathered, write_gathered
from extractor.datasets.reading import LabelledFiles
from extractor.datasets.splits import in_dev_tenth, in_held_out_fifth
from extractor.errors import DatasetRejected
from extractor.files import whole_file
from extractor.relations import RelationVocabulary
from flows.run.own_folders import listed

TRAINING = "factloom-training"
"""The folder, in the home folder, of the challengers that were begun."""
TEXTS = "texts"
"""The folder, in a challenger's, of all files that hold texts of documents."""
DOCUMENTS, SET_ASIDE, COUNTS = f"{TEXTS}/documents.jsonl", f"{TEXTS}/judged.jsonl", "gathered.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What one challenger learns from and is scored on."""

    documents: tuple[LabelledDocument, ...]
    """What a training plan takes; it leaves out the held-out fifth by itself."""
    set_aside: tuple[LabelledDocument, ...]
    """Corrected documents that train and choose nothing."""
    counts: Mapping[str, int]
    """What there is -> how often."""
    left_out: Mapping[str, int]
    """Why something could not be used -> how often."""


def gather(
    files: LabelledFiles,
    vocabulary: RelationVocabulary,
    *,
    corrected: Iterable[LabelledDocument] = (),
    confident: Iterable[LabelledDocument] = (),
    left_out: Counter[str] | None = None,
) -> Gathered:
    """Bring labelled documents of all kinds together.

    Args:
        files: labelled documents.
        vocabulary: the relations that labels may state.
        corrected: documents that people judged (`flows.retrain.labels`).
        confident: documents that confident edges label (the same).
        left_out: what was left out so far, by its reason.

    Raises:
        DatasetRejected: a file cannot be used, or none of its documents has a label.
    """
    left_out = Counter() if left_out is None else left_out
    counts: Counter[str] = Counter()
    labelled = _read_files(files, vocabulary, counts, left_out)
    corrected = list(corrected)
    kept = {item.document.text for item in labelled if not _may_train(item)}

    def trains(item: LabelledDocument) -> bool:
        # A source may give another title to a text that a file has.
        return _may_train(item) and item.document.text not in kept

    learnt = [replace(each, corrected=True) for each in corrected if trains(each)]
    aside = [each for each in corrected if not trains(each)]
    for name, some in (("corrected documents", learnt), ("corrected documents set aside", aside)):
        counts[name] = len(some)
        counts[f"pairs of {name}"] = sum(len(each.labelled_pairs) for each in some)
    known = {item.document.title for item in (*labelled, *corrected)}
    weak = []
    for each in confident:
        if not trains(each):
            left_out["confident documents of the held-out fifth and the dev tenth"] += 1
        elif each.document.title in known:
            left_out["confident documents that are labelled otherwise"] += 1
        else:
            weak.append(each)
    counts["confident documents"] = len(weak)
    by_text = defaultdict(list)
    for each in learnt:
        by_text[each.document.text].append(each)
    return Gathered(
        documents=(
            *(_give_way(item, by_text[item.document.text]) for item in labelled),
            *learnt,
            *weak,
        ),
        set_aside=tuple(aside),
        counts={name: count for name, count in counts.items() if count},
        left_out={why: count for why, count in left_out.items() if count},
    )


def begun(home: Path) -> list[Path]:
    """Return the folders of challengers that texts of documents were, or may be, gathered for.

    Raises:
        OSError: they cannot be listed.
    """
    return [folder for folder in listed(home / TRAINING) if _may_be_there(folder / TEXTS)]


def _may_be_there(path: Path) -> bool:
    """Tell whether something is there, or in a folder that cannot be looked into."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def save_gathered(gathered: Gathered, folder: Path, origin: Mapping[str, object]) -> None:
    """Keep what was gathered; the last of the files, written last, tells what it came from."""
    (folder / COUNTS).unlink(missing_ok=True)  # of what was gathered before, whose texts are gone
    (folder / TEXTS).mkdir(parents=True, exist_ok=True)
    write_gathered(folder / DOCUMENTS, gathered.documents)
    write_gathered(folder / SET_ASIDE, gathered.set_aside)
    summary = {"origin": origin, "counts": gathered.counts, "left_out": gathered.left_out}
    with whole_file(folder / COUNTS) as draft:
        draft.write_text(json.dumps(summary, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load_gathered(folder: Path, origin: Mapping[str, object]) -> Gathered | None:
    """Return what was gathered before; None if nothing was, or texts of it were removed.

    Raises:
        DatasetRejected: it came from something else.
    """
    try:
        summary = json.loads((folder / COUNTS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if summary["origin"] != json.loads(json.dumps(origin)):
        raise DatasetRejected(
            f"the challenger {folder.name} was begun with other data or parameters: choose another "
            f"name, or delete {folder}"
        )
    if not all((folder / each).exists() for each in (DOCUMENTS, SET_ASIDE)):
        return None  # a kill may leave a part of them
    return Gathered(
        documents=tuple(read_gathered(folder / DOCUMENTS)),
        set_aside=tuple(read_gathered(folder / SET_ASIDE)),
        counts=summary["counts"],
        left_out=summary["left_out"],
    )


def _read_files(
    files: LabelledFiles,
    vocabulary: RelationVocabulary,
    counts: Counter[str],
    left_out: Counter[str],
) -> list[LabelledDocument]:
    """Return the documents of all files; of two with one title the first counts."""
    found: dict[str, LabelledDocument] = {}
    for file in files.files:
        documents = files.read_file(file, vocabulary)
        if not any(item.labels for item in documents):
            raise DatasetRejected(f"{file}: none of its {len(documents)} documents has a label")
        for item in documents:
            if item.document.title in found:
                left_out["documents whose title another document of the files has"] += 1
            else:
                found[item.document.title] = item
                counts[f"documents of {file.name}"] += 1
    return list(found.values())


def _may_train(item: LabelledDocument) -> bool:
    title = item.document.title
    return not in_held_out_fifth(title) and not in_dev_tenth(title)


def _give_way(item: LabelledDocument, corrected: Sequence[LabelledDocument]) -> LabelledDocument:
    """Return a document of a file without the pairs that people judged in the same text."""
    places = {
        (mention.start, mention.end): place
        for place, cluster in enumerate(item.document.clusters)
        for mention in cluster.mentions
    }
    corrected_pairs: set[tuple[int, int]] = set()
    for each in corrected:
        same = [
            next((places[m.start, m.end] for m in c.mentions if (m.start, m.end) in places), None)
            for c in each.document.clusters
        ]
        for head, tail in each.labelled_pairs:
            one, other = same[head], same[tail]
            if one is not None and other is not None and one != other:
                corrected_pairs.add((one, other))
    return replace(
        item,
        labels=tuple(each for each in item.labels if (each.head, each.tail) not in corrected_pairs),
        unjudged=item.unjudged | corrected_pairs,
    )
