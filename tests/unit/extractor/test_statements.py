from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from extractor.calibration.calibration import Calibrator
from extractor.calibration.evidence import EvidenceRule
from extractor.relations import RelationVocabulary
from extractor.schema import Block, Entity, Mention, Statement
from extractor.signatures import MIN_LABELS, TypeStatistics
from extractor.statements import PairMargins, decode, possible
from extractor.text.blocks import find_blocks
from extractor.text.sentences import split_sentences
from tests.unit.extractor.annotated import annotated_document

DOCUMENT = annotated_document(
    "[Ada|PER|0] was born early. [London|LOC|1] is large. It rained. [Ada|PER|0] left [Kent|LOC|2]."
)
ENTITIES = [
    Entity(id=name, name=name, type=cluster.type, mentions=cluster.mentions)
    for name, cluster in zip(("ada", "london", "kent"), DOCUMENT.clusters, strict=True)
]
CALIBRATOR = Calibrator(slopes=(2.0, 3.0), offsets=(0.5, -0.5))
RELATIONS = RelationVocabulary({"P19": "place of birth", "P17": "country"})


def pair(
    head: int,
    tail: int,
    margins: tuple[float, float],
    *,
    shares: tuple[float, ...] = (0.25, 0.25, 0.25, 0.25),
    first: int = 0,
) -> PairMargins:
    return PairMargins(
        head=head,
        tail=tail,
        margins=np.array(margins, dtype=np.float32),
        first_sentence=first,
        sentence_shares=np.array(shares, dtype=np.float32),
    )


def statements(*pairs: PairMargins, blocks: tuple[Block, ...] = ()) -> tuple[Statement, ...]:
    return decode(
        replace(DOCUMENT, blocks=blocks),
        DOCUMENT.sentences,
        ENTITIES,
        pairs,
        relations=RELATIONS,
        calibrator=CALIBRATOR,
        evidence=EvidenceRule(),
    )


def test_a_relation_is_stated_exactly_when_its_margin_is_above_zero() -> None:
    found = statements(pair(0, 1, (0.5, 0.0)), pair(1, 0, (-1.0, 1e-4)))
    assert [(s.head, s.relation, s.tail) for s in found] == [
        ("ada", "P19", "london"),
        ("london", "P17", "ada"),
    ]
    assert found[0].margin == 0.5
    assert found[0].probability == CALIBRATOR.probability(0.5, 0)
    assert found[1].probability == CALIBRATOR.probability(1e-4, 1)


def test_digits_that_depend_on_the_batch_decide_nothing() -> None:
    assert statements(pair(0, 1, (4e-5, 0.0))) == ()
    [one] = statements(pair(0, 1, (0.50004, 0.0)))
    [other] = statements(pair(0, 1, (0.500041, 0.0)))
    assert one == other


def test_a_pair_may_bear_several_relations() -> None:
    assert [s.relation for s in statements(pair(0, 1, (1.0, 2.0)))] == ["P17", "P19"]


def test_sentences_with_a_large_share_of_the_context_are_evidence() -> None:
    (found,) = statements(pair(0, 1, (1.0, -1.0), shares=(0.3, 0.21, 0.3, 0.19)))
    assert found.sentences == (0, 1, 2)
    assert found.text == "Ada was born early. London is large. It rained."


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0.0, 0.0, 1.0, 0.0), (0, 1, 2)),
        ((0.0, 0.0, 0.9, 0.1), (1, 2, 3)),
        ((0.0, 0.9, 0.0, 0.1), (1, 3)),
        ((0.0, 0.0, 0.0, 0.0), (0, 1)),
    ],
)
def test_evidence_mentions_both_arguments(
    shares: tuple[float, ...], expected: tuple[int, ...]
) -> None:
    (found,) = statements(pair(0, 1, (1.0, -1.0), shares=shares))
    assert found.sentences == expected


def test_evidence_names_the_pages_on_which_its_sentences_begin() -> None:
    middle = DOCUMENT.sentences[1].start
    blocks = (
        Block(start=0, end=middle, kind="paragraph", page=3),
        Block(start=middle, end=len(DOCUMENT.text), kind="paragraph", page=4),
    )
    (on_two,) = statements(pair(0, 1, (2.0, -1.0)), blocks=blocks)
    (on_one,) = statements(pair(0, 1, (2.0, -1.0), shares=(0, 0, 0, 1.0)), blocks=blocks)
    (nowhere,) = statements(pair(0, 1, (2.0, -1.0)))

    assert (on_two.sentences, on_two.pages) == ((0, 1, 2, 3), (3, 4))
    assert (on_one.sentences, on_one.pages) == ((1, 3), (4,))
    assert nowhere.pages == ()


def test_evidence_of_a_later_window_is_counted_from_its_first_sentence() -> None:
    (found,) = statements(pair(0, 2, (1.0, -1.0), shares=(0.1, 0.9), first=2))
    assert found.sentences == (3,)


def test_of_several_windows_the_one_with_the_largest_margin_speaks() -> None:
    weak = pair(0, 1, (1.0, 0.5), shares=(1.0, 0.0, 0.0, 0.0))
    strong = pair(0, 1, (2.0, 0.1), shares=(0.0, 0.0, 1.0, 0.0))
    for order in ((weak, strong), (strong, weak)):
        country, birth = statements(*order)
        assert (birth.margin, birth.sentences) == (2.0, (0, 1, 2))
        assert (country.margin, country.sentences) == (0.5, (0, 1))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_margin_that_is_no_number_is_never_hidden(bad: float) -> None:
    with pytest.raises(FloatingPointError):
        statements(pair(0, 1, (bad, 1.0)))


def test_statements_come_in_one_order() -> None:
    pairs = [pair(2, 1, (1.0, 1.0)), pair(0, 2, (1.0, 1.0)), pair(0, 1, (1.0, 1.0))]
    found = statements(*pairs)
    assert found == statements(*pairs[::-1])
    keys = [(s.head, s.relation, s.tail) for s in found]
    assert keys == sorted(keys)
    assert len(set(keys)) == 6


def test_statements_that_the_types_rule_out_are_counted_by_reason() -> None:
    """A linked entity's type is its entry's, whatever its mentions' types."""
    found = statements(pair(0, 1, (0.5, 0.5)), pair(1, 2, (0.5, 0.5)), pair(2, 0, (0.5, 0.5)))
    learned = TypeStatistics.counted([("P19", ("PER", "LOC"))] * MIN_LABELS)
    kept, rejected = possible(found, ENTITIES, learned)
    assert [(s.head, s.relation, s.tail) for s in kept] == [
        ("ada", "P17", "london"),
        ("ada", "P19", "london"),
        ("kent", "P17", "ada"),
        ("london", "P17", "kent"),
    ]
    assert rejected == {"head type": 2}
    linked = [replace(ENTITIES[0], type="ORG", linked=True), *ENTITIES[1:]]
    assert possible(found, linked, learned)[1] == {"head type": 3}
    assert possible(found, ENTITIES, TypeStatistics()) == (found, {})


def test_rows_and_items_that_mention_neither_end_are_no_evidence() -> None:
    text = "Born:\n\n- Ada, London\n- Grace, Boston\n\nIt rained."
    document = replace(DOCUMENT, text=text)
    ada, london = (
        Entity(
            id=name,
            name=name,
            type="MISC",
            mentions=(
                Mention(start=text.index(name), end=text.index(name) + len(name), type="MISC"),
            ),
        )
        for name in ("Ada", "London")
    )
    blocks = find_blocks(text)
    (found,) = decode(
        document,
        split_sentences(text, blocks),
        [ada, london],
        [pair(0, 1, (0.5, 0.0), shares=(0.3, 0.3, 0.3, 0.3))],
        relations=RELATIONS,
        calibrator=CALIBRATOR,
        evidence=EvidenceRule(),
        blocks=blocks,
    )
    assert found.text == "Born: Ada, London It rained."
