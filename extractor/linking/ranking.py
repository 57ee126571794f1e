"""Clusters and candidates -> candidates with their scores, in two passes over the document.

The first pass ranks each cluster by itself. The second knows what the first linked with certainty:
a candidate whose description shares words with these links is more likely meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice, zip_longest

from extractor.linking.abbreviations import defined_abbreviations
from extractor.linking.confidence import calibrated, shares
from extractor.linking.features import (
    COHERENT,
    COVERED,
    FOLDED,
    Context,
    Floats,
    JointForms,
    cluster_features,
    coherence,
    description_words,
    joint_forms,
    share_word,
)
from extractor.linking.names import in_small_letters
from extractor.linking.weights import KindWeights, LinkingWeights
from extractor.names import fold_name, mentioned_name
from extractor.schema import (
    ENTITY_TYPES,
    INTERCHANGEABLE_TYPES,
    VALUE_TYPES,
    Candidate,
    Cluster,
    Document,
)

MOST_CANDIDATES = 30
"""That are looked up for a name, and ranked for a cluster."""
LINK_ABOVE = 0.5
"""Confidence from which a link is written, unless the settings say otherwise."""
CANDIDATE_ABOVE = 0.1
"""Confidence from which an entry that is not linked is kept, for people to decide."""
CERTAIN = 0.5
"""Share of the first pass from which a link counts for the other clusters."""
Candidates = Mapping[str, Sequence[Candidate]]
"""For each name, the entries of the index that may be meant."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates of one cluster."""

    type: str
    mentioned: tuple[str, ...]
    """The cluster's names, the longest first."""
    names: tuple[str, ...]
    """What is looked up: these names and what they abbreviate, none of times and numbers."""
    candidates: tuple[Candidate, ...]
    """The likeliest first; equally likely ones by id."""
    features: Floats
    """(candidates, features)"""
    shares: Floats
    """(candidates,) probabilities; with NIL's they add up to 1."""
    confidences: tuple[float, ...]
    """Calibrated, for each candidate, as if it were the first."""
    link_above: float
    """Confidence from which the first candidate is linked."""

    @property
    def confidence(self) -> float:
        """Calibrated probability that the first candidate is right; 0 without candidates."""
        return self.confidences[0] if self.confidences else 0.0

    @property
    def best(self) -> Candidate | None:
        """The entry that the cluster is linked to; None for NIL."""
        linked = self.candidates and self.confidence >= self.link_above
        return self.candidates[0] if linked else None

    @property
    def doubtful(self) -> Candidate | None:
        """Of NIL, the entry that may be meant, for people to decide; None where none is likely."""
        kept = self.candidates and CANDIDATE_ABOVE <= self.confidence < self.link_above
        return self.candidates[0] if kept else None


def mentioned_names(document: Document, cluster: Cluster) -> tuple[str, ...]:
    """Return the cluster's distinct names, the longest first."""
    names = {mentioned_name(document.text, mention) for mention in cluster.mentions}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def names_to_look_up(document: Document, clusters: Sequence[Cluster]) -> list[tuple[str, ...]]:
    """Return for each cluster its names, then what the document says that they abbreviate.

    Times and numbers are never looked up, nor words in small letters beside a proper name: 'the
    prize' is not 'The Prize'.
    """
    abbreviations = defined_abbreviations(document.text)
    found = []
    for cluster in clusters:
        names = () if cluster.type in VALUE_TYPES else mentioned_names(document, cluster)
        if cluster.type in ENTITY_TYPES:
            names = tuple(name for name in names if not in_small_letters(name)) or names
        long = {abbreviations[name] for name in names if name in abbreviations}
        found.append((*names, *sorted(long.difference(names))))
    return found


def rank_clusters(
    document: Document,
    clusters: Sequence[Cluster],
    candidates: Candidates,
    weights: LinkingWeights,
    link_above: float = LINK_ABOVE,
) -> list[Choice]:
    """Return for each cluster its candidates by likelihood, and whether the first is linked."""
    ranked = Ranking(document, clusters, candidates)
    kinds = [weights.of(cluster.type) for cluster in clusters]
    first = [shares(ranked.scores(n, kind.first)) for n, kind in enumerate(kinds)]
    ranked.learn_links(first)
    return [
        _choice(ranked, n, cluster.type, mentioned_names(document, cluster), kind, link_above)
        for n, (cluster, kind) in enumerate(zip(clusters, kinds, strict=True))
    ]


class Ranking:
    """The features of a document's clusters and candidates; training and linking share them."""

    def __init__(
        self, document: Document, clusters: Sequence[Cluster], candidates: Candidates
    ) -> None:
        self.names = names_to_look_up(document, clusters)
        self.options = [
            _options(cluster.type, names, candidates)
            for cluster, names in zip(clusters, self.names, strict=True)
        ]
        contexts = _contexts(document, self.names)
        self.features = [
            cluster_features(cluster.type, names, options, context)
            for cluster, names, options, context in zip(
                clusters, self.names, self.options, contexts, strict=True
            )
        ]
        self._tell_coverage()

    def scores(self, cluster: int, weights: Sequence[float] | Floats) -> Floats:
        """Return (candidates,) scores; NIL's is 0."""
        # Not a matrix product: equal rows must have equal sums, to the last digit.
        scores: Floats = (self.features[cluster] * weights).sum(axis=1)
        return scores

    def _tell_coverage(self) -> None:
        """Fill in how much of the document the index knows: how likely it is to know the rest.

        One cluster more that has an entry and one that has none are counted, for short documents.
        """
        known = [bool(rows[:, FOLDED].any()) for rows in self.features]
        found, asked = sum(known), sum(map(bool, self.names))
        for rows, own, names in zip(self.features, known, self.names, strict=True):
            others = asked - bool(names)
            rows[:, COVERED] = (1 + found - own) / (2 + others)

    def learn_links(self, first: Sequence[Floats]) -> None:
        """Fill in how well candidates go with the certain links of the first pass.

        Args:
            first: for each cluster the shares of its candidates; empty: nothing is linked.
        """
        links: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for cluster, (options, found) in enumerate(zip(self.options, first, strict=False)):
            if len(options) and found.max() >= CERTAIN:
                best = options[int(found.argmax())]
                for word in description_words(f"{best.name} {best.description}"):
                    links[word].append((float(found.max()), cluster))
        linked = {word: nlargest(2, of_word) for word, of_word in links.items()}
        for cluster, options in enumerate(self.options):
            rows = self.features[cluster]
            rows[:, COHERENT] = [
                coherence(candidate, cluster, linked) if bears else 0.0
                for candidate, bears in zip(options, rows[:, FOLDED], strict=True)
            ]


def _choice(
    ranked: Ranking,
    cluster: int,
    type_: str,
    mentioned: tuple[str, ...],
    weights: KindWeights,
    link_above: float,
) -> Choice:
    scores = ranked.scores(cluster, weights.second)
    found = shares(scores)
    options = ranked.options[cluster]
    order = sorted(range(len(options)), key=lambda n: (-scores[n], options[n].id))
    return Choice(
        type=type_,
        mentioned=mentioned,
        names=ranked.names[cluster],
        candidates=tuple(options[n] for n in order),
        features=ranked.features[cluster][order],
        shares=found[order],
        confidences=tuple(
            calibrated(share, weights.slope, weights.offset) for share in found[order].tolist()
        ),
        link_above=link_above,
    )


def _options(type_: str, names: Sequence[str], candidates: Candidates) -> tuple[Candidate, ...]:
    """Return the distinct candidates that do not contradict the type, by id.

    Where there are too many, the first of each name come before the second of any.
    """
    met: dict[str, Candidate] = {}
    for row in zip_longest(*(candidates.get(name, ()) for name in names)):
        for candidate in filter(None, row):
            met.setdefault(candidate.id, candidate)
    forms = joint_forms(names)
    found = (candidate for candidate in met.values() if _may_be(type_, forms, candidate))
    kept = list(islice(found, MOST_CANDIDATES))
    return tuple(sorted(kept, key=lambda candidate: candidate.id))


def _may_be(type_: str, forms: JointForms, candidate: Candidate) -> bool:
    """Tell whether types agree and, of proper names, a word or the initials.

    'Londonderry' is not 'London', however much of it they share; a 'seizure' is 'Seizures'. What
    is written in small letters only, has to be the candidate's name as it stands.
    """
    if candidate.type != type_ and not {candidate.type, type_} <= INTERCHANGEABLE_TYPES:
        return False
    if type_ not in ENTITY_TYPES:
        return True
    if forms.small and forms.small.isdisjoint((candidate.name, *candidate.aliases)):
        return False
    return share_word(forms, candidate)


def _contexts(document: Document, names: Sequence[Sequence[str]]) -> list[Context]:
    """Return what surrounds each cluster."""
    text = frozenset(fold_name(f"{document.title} {document.text}").split())
    own = [frozenset(word for name in each for word in fold_name(name).split()) for each in names]
    named = frozenset(word for words in own for word in words)
    return [Context(words=text, names=named, own=words) for words in own]
