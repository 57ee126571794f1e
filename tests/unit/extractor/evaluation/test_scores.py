from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.atlop.scoring import WindowScores
from extractor.calibration.calibration import Calibrator
from extractor.calibration.counts import Score, micro
from extractor.calibration.evidence import EvidenceRule
from extractor.checkpoint import Checkpoint, TrainingRecord
from extractor.datasets.docred import Label, LabelledDocument
from extractor.errors import DatasetRejected
from extractor.evaluation import scores as evaluation
from extractor.evaluation.gold import ScoredDocuments
from extractor.evaluation.scores import (
    RelationScores,
    evaluate_mentions,
    evaluate_relations,
    facts,
    ign_score,
)
from extractor.relations import RelationVocabulary
from extractor.schema import Mention
from tests.unit.extractor.annotated import labelled
from tests.unit.extractor.scored import window_scores

TEXT = (
    "[Ada|PER|0] and [Lovelace|PER|0] left [London|LOC|1] for [Kent|LOC|2]. "
    "[Kent|LOC|2] was far. Nobody met [Ada|PER|0]."
)
DOCUMENT = labelled(TEXT, (0, "P19", 1), (0, "P19", 2), (2, "P17", 1), (1, "P17", 2), title="One")
KNOWN = labelled("[Lovelace|PER|0] of [London|LOC|1].", (0, "P19", 1), title="Train")
VOCABULARY = RelationVocabulary({"P17": "country", "P19": "birth"})
COUNTRY, BIRTH = 0, 1
FOUND = {(0, BIRTH, 1): 1.0, (2, COUNTRY, 1): 1.0, (2, BIRTH, 0): 1.0}
"""Two right, one wrong; four are gold."""


def result(
    checkpoint: Checkpoint,
    windows: Sequence[Sequence[WindowScores]],
    documents: Sequence[LabelledDocument] = (DOCUMENT,),
    *,
    known: Sequence[LabelledDocument] = (),
    **parts: object,
) -> RelationScores:
    """Return the scores of a model that says what is written in `windows`."""
    made = replace(checkpoint, relations=VOCABULARY, **parts)  # type: ignore[arg-type]
    scored = ScoredDocuments(windows=[list(each) for each in windows], unscored_pairs=7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "score_gold", lambda *_, **__: scored)
        return evaluate_relations(made, documents, training_documents=known)


def test_relation_scores_are_those_counted_by_hand(checkpoint: Checkpoint) -> None:
    windows = [window_scores(FOUND), window_scores({(0, BIRTH, 1): 3.0})]  # says the same
    scores = result(checkpoint, [windows], known=[KNOWN])
    assert (scores.documents, scores.unscored_pairs) == (1, 7)
    # 3 asserted, 2 of them right, of 4 gold; one of the right ones is known from training.
    assert (scores.f1.precision, scores.f1.recall) == (2 / 3, 2 / 4)
    assert scores.f1.f1 == pytest.approx(4 / 7)
    assert (scores.ign_f1.precision, scores.ign_f1.recall) == (1 / 2, 2 / 4)
    assert scores.ign_f1.f1 == pytest.approx(1 / 2)


def test_known_facts_are_those_of_the_documents_given_each_time(checkpoint: Checkpoint) -> None:
    windows = [[window_scores(FOUND)]]
    other = labelled("[Kent|LOC|0] in [London|LOC|1].", (0, "P17", 1), title="Train")
    # One title, other contents: nothing is remembered by name.
    found = [
        result(checkpoint, windows, known=known).ign_f1.precision
        for known in ([], [KNOWN], [other], [KNOWN, other], [])
    ]
    assert found == pytest.approx([2 / 3, 1 / 2, 1 / 2, 0.0, 2 / 3])


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("[Ada|PER|0] of [London|LOC|1].", (0, "P17", 1)),  # another relation
        ("[Ada|PER|0] of [London|LOC|1].", (1, "P19", 0)),  # the other way
        ("[ada|PER|0] of [London|LOC|1].", (0, "P19", 1)),  # another name
        ("[Ada|PER|0] of [Bonn|LOC|1].", (0, "P19", 1)),
    ],
)
def test_a_fact_is_known_by_head_name_relation_and_tail_name(
    checkpoint: Checkpoint, text: str, label: tuple[int, str, int]
) -> None:
    known = [labelled(text, label, title="Train")]
    assert result(checkpoint, [[window_scores(FOUND)]], known=known).ign_f1.precision == 2 / 3


def test_a_fact_is_known_under_every_pair_of_names() -> None:
    assert facts([DOCUMENT, KNOWN]) == {
        ("Ada", "P19", "London"), ("Lovelace", "P19", "London"),
        ("Ada", "P19", "Kent"), ("Lovelace", "P19", "Kent"),
        ("Kent", "P17", "London"), ("London", "P17", "Kent"),
    }  # fmt: skip
    assert facts([]) == set()


def test_a_wrong_triple_is_no_known_fact() -> None:
    # Asserted where it is not gold: DocRED's Ign keeps it, although training states it.
    gold = {(0, 2, "P17", 1)}
    wrong = {(0, 0, "P19", 1)}
    score = ign_score(wrong | gold, gold, [DOCUMENT], facts([KNOWN]))
    assert (score.precision, score.recall) == (1 / 2, 1.0)
    nothing = ign_score(gold, gold, [DOCUMENT], {("Kent", "P17", "London")})
    assert (nothing.precision, nothing.recall, nothing.f1) == (0.0, 1.0, 0.0)


def test_nothing_asserted_and_nothing_gold_score_zero() -> None:
    assert micro(0, 0, 5) == micro(0, 5, 0) == Score(precision=0.0, recall=0.0, f1=0.0)


def test_trust_scores_are_those_counted_by_hand(checkpoint: Checkpoint) -> None:
    # Slope 1: a margin of 0 is 0.5, of 1 is 0.731, of -1 is 0.269; -4 is below 0.05.
    margins = {(0, BIRTH, 1): 1.0, (2, BIRTH, 0): 1.0, (2, COUNTRY, 1): 0.0, (0, BIRTH, 2): -1.0}
    window = window_scores(margins, otherwise=-4.0)
    trust = result(checkpoint, [[window]], calibrator=Calibrator()).trust
    high, middle, low = 0.731059, 0.5, 0.268941
    # Cells of equal probability count as their mean: one of the two at 0.73 holds.
    assert trust.ece == pytest.approx((2 * (high - 0.5) + (1 - middle) + (1 - low)) / 4, abs=1e-5)
    assert trust.ece_asserted == pytest.approx(high - 0.5, abs=1e-5)
    assert trust.brier == pytest.approx(
        ((1 - high) ** 2 + high**2 + (1 - middle) ** 2 + (1 - low) ** 2) / 4, abs=1e-5
    )
    likely = (1 - high) ** 2 + high**2 + (1 - middle) ** 2 + (1 - low) ** 2
    rest = 0.017986
    # The eight other cells count too, the gold one among them, and one that is no cell at all.
    assert trust.squared_error == pytest.approx(
        (likely + 7 * rest**2 + (1 - rest) ** 2) / 4, abs=1e-5
    )
    window = window_scores(margins, otherwise=-9.0)
    unlikely = result(checkpoint, [[window]], calibrator=Calibrator()).trust
    assert unlikely.squared_error == pytest.approx((likely + 1) / 4, abs=1e-5)
    assert trust.risk_coverage == pytest.approx(0.5)
    # Of 4 gold triples, one is among the many at -4: found with all of those.
    assert trust.auprc == pytest.approx((1 / 2 + 2 / 3 + 3 / 4 + 4 / 12) / 4)


def test_nothing_asserted_leaves_nothing_to_measure(checkpoint: Checkpoint) -> None:
    scores = result(checkpoint, [[window_scores({}, otherwise=-4.9)]])
    assert scores.f1 == Score(precision=0.0, recall=0.0, f1=0.0)
    trust = scores.trust
    assert (trust.ece, trust.ece_asserted, trust.brier, trust.risk_coverage) == (None,) * 4


def test_evidence_is_scored_by_the_checkpoints_rule_beside_the_two_others(
    checkpoint: Checkpoint,
) -> None:
    label = Label(head=0, relation="P19", tail=2, evidence=(0, 1))
    unmarked = Label(head=2, relation="P17", tail=1)
    item = replace(DOCUMENT, labels=(label, unmarked))
    window = window_scores({}, shares={(0, 2): (0.25, 0.3, 0.45)}, sentences=3)
    rule = EvidenceRule(threshold=0.28, cooccurrence=0.1)
    trust = result(checkpoint, [[window]], [item], evidence=rule).trust
    # Sentence 0 mentions both: 0.35, 0.3, 0.45 are above 0.28; only 0 and 1 are marked.
    assert (trust.evidence.precision, trust.evidence.recall) == (2 / 3, 1.0)
    # Above 0.2: all three.
    assert (trust.evidence_attention.precision, trust.evidence_attention.recall) == (2 / 3, 1.0)
    # The only sentence that mentions both.
    assert (trust.evidence_baseline.precision, trust.evidence_baseline.recall) == (1.0, 1 / 2)
    strict = EvidenceRule(threshold=0.4)
    scores = result(checkpoint, [[window]], [item], evidence=strict).trust
    # Sentence 2 alone, and the surest that mentions the tail.
    assert (scores.evidence.precision, scores.evidence.recall) == (1 / 2, 1 / 2)


TRIPLES = [(head, column, tail) for head, tail in permutations(range(3), 2) for column in (0, 1)]
SAID = st.lists(st.sampled_from(TRIPLES), max_size=6, unique=True)


@settings(max_examples=30)
@given(st.lists(st.tuples(SAID, SAID), min_size=1, max_size=3))
def test_counts_of_documents_sum_to_the_totals(
    checkpoint: Checkpoint, rows: list[tuple[list[tuple[int, int, int]], ...]]
) -> None:
    windows: list[list[WindowScores]] = []
    documents: list[LabelledDocument] = []
    for found, gold in rows:
        windows.append([window_scores(dict.fromkeys(found, 2.0))])
        labels = [(head, VOCABULARY.ids[column], tail) for head, column, tail in gold]
        documents.append(labelled(TEXT, *labels, title=f"Document {len(documents)}"))
    scores = result(checkpoint, windows, documents)
    assert scores.by_document == tuple(
        (3, len(set(found) & set(gold)), len(found), len(gold)) for found, gold in rows
    )
    for place, relation in enumerate(VOCABULARY.ids):
        expected = [
            (n, *(sum(c == place for _, c, _ in part) for part in (set(f) & set(g), f, g)))
            for n, (f, g) in enumerate(rows)
            if any(c == place for _, c, _ in (*f, *g))
        ]
        assert list(scores.by_relation.get(relation, ())) == expected
    _, right, asserted, gold_count = map(sum, zip(*scores.by_document, strict=True))
    assert scores.f1 == micro(right, asserted, gold_count)


def test_a_model_is_not_scored_on_documents_that_it_saw(checkpoint: Checkpoint) -> None:
    for record in (TrainingRecord(relation_titles=("One",)), TrainingRecord(dev_titles=("One",))):
        with pytest.raises(DatasetRejected, match=r"1 of the 2 documents, 'One'"):
            evaluate_relations(
                replace(checkpoint, record=record), [KNOWN, DOCUMENT], training_documents=[]
            )


def test_a_detector_is_not_scored_on_documents_that_it_saw(checkpoint: Checkpoint) -> None:
    record = TrainingRecord(mention_titles=("One",))
    with pytest.raises(DatasetRejected, match="the mention detector was trained on 1"):
        evaluate_mentions(replace(checkpoint, record=record), [DOCUMENT])


def test_mention_scores_are_those_counted_by_hand(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        Mention(start=0, end=3, type="PER"),
        Mention(start=8, end=16, type="ORG"),
        Mention(start=0, end=16, type="PER"),
    ]
    monkeypatch.setattr(evaluation, "detect", lambda *_, **__: [found])
    span, typed = evaluate_mentions(replace(checkpoint, record=TrainingRecord()), [DOCUMENT])
    assert (span.precision, span.recall) == (2 / 3, 2 / 6)
    assert (typed.precision, typed.recall) == (1 / 3, 1 / 6)


def test_margins_that_are_no_numbers_are_never_scored(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    bias = checkpoint.atlop.bilinear.bias
    monkeypatch.setattr(bias, "data", bias.data.clone().fill_(float("nan")))
    with pytest.raises(FloatingPointError):
        evaluate_relations(checkpoint, [DOCUMENT], training_documents=[])
