from __future__ import annotations

from corpus.positions import Position, fingerprint, position_of
from corpus.shards import Reached


def test_a_position_comes_back_as_it_was_kept() -> None:
    position = Position(shards={"a/b/0": Reached(number=7, first=3)}, time=12)

    assert position_of(position.dump("x"), "x") == position
    assert position_of(Position().dump("x"), "x") == Position()
    assert position_of("", "x") == Position()


def test_a_position_of_another_reading_counts_for_nothing() -> None:
    position = Position(shards={"a/b/0": Reached(number=7, first=3)})

    assert position_of(position.dump(fingerprint("id")), fingerprint("_id")) == Position()
