"""Pairs of interest that can be read together are scored; of the others only the unseen count."""

from __future__ import annotations

from extractor.atlop.features import Features, build_features
from extractor.atlop.pairs import EntityPairs
from extractor.schema import Mention
from extractor.text.blocks import find_blocks
from extractor.text.sentences import split_sentences
from tests.unit.extractor.atlop.marked_text import TOKENIZER, spell

ROW_1, ROW_2 = ((1, 1),), ((1, 2),)
TABLE = "| Name | Born |\n|---|---|\n| Ann | Bonn |\n| Bert | Rome |"


def features_of(text: str, *names: str, max_pieces: int = 512) -> Features:
    """Return the features of a text in which each name is an entity, wherever it stands."""
    blocks = find_blocks(text)
    entities = [
        [
            Mention(start=start, end=start + len(name), type="MISC")
            for start in range(len(text))
            if text.startswith(name, start)
        ]
        for name in names
    ]
    return build_features(
        text,
        split_sentences(text, blocks),
        entities,
        tokenizer=TOKENIZER,
        max_pieces=max_pieces,
        blocks=blocks,
    )


def test_only_pairs_of_interest_that_are_not_apart_are_scored() -> None:
    checked: list[int] = []
    pairs = EntityPairs(
        ["PER", "LOC", "LOC"], lambda head, tail: head == "PER" != tail, checked.append
    )
    assert pairs.unscored() == 2
    assert pairs.of_window({2: {ROW_2}, 0: {ROW_1}, 1: {ROW_1, ROW_2}}) == [(0, 1)]
    assert pairs.unscored() == 0
    assert pairs.of_window({0: {()}, 2: {ROW_2}}) == [(0, 2)]
    assert checked == [1, 2]


def test_rows_of_a_table_do_not_mix() -> None:
    (window,) = features_of(TABLE, "Ann", "Bonn", "Bert", "Rome").windows
    assert window.pairs == ((0, 1), (2, 3))
    assert spell(window) == ("[CLS] name , born . * ann * , * bonn * . * bert * , * rome * [SEP]")
    assert max(window.sentence_of_piece) == 2


def test_what_is_named_outside_the_table_goes_with_every_row() -> None:
    text = f"Ann left for Rome.\n\n{TABLE}"
    (window,) = features_of(text, "Ann", "Bonn", "Bert", "Rome").windows
    assert window.pairs == ((0, 1), (0, 2), (0, 3), (1, 3), (2, 3))


def test_items_of_a_list_do_not_mix() -> None:
    built = features_of("- Ann of Bonn\n- Bert of Rome", "Ann", "Bonn", "Bert", "Rome")
    assert built.windows[0].pairs == ((0, 1), (2, 3))
    assert built.unscored_pairs == 0


def test_a_window_without_a_pair_to_read_is_left_out() -> None:
    assert features_of("- Ann\n- Bert", "Ann", "Bert") == Features(windows=(), unscored_pairs=0)


def test_pairs_that_no_window_shows_are_still_counted() -> None:
    text = f"Ann left.\n\n{'Nothing happened here. ' * 30}\n\nBert stayed in Rome."
    built = features_of(text, "Ann", "Bert", "Rome", max_pieces=32)
    assert built.unscored_pairs == 4
