from __future__ import annotations

from corpus.elasticsearch.position import Position, fingerprint, position_of
from corpus.elasticsearch.shards import UNREAD, Copy, Reached

COPY = Copy(node="n", started=1_796_005_928_784, term=2)


def test_a_position_comes_back_as_it_was_kept() -> None:
    reached = Reached(number=7, first=3, copy=COPY, last={5: "seal", 7: "another"})
    position = Position(shards={"a/b/0": reached}, time=12)

    assert position_of(position.dump("x"), "x") == position
    assert position_of(Position().dump("x"), "x") == Position()
    assert position_of("", "x") == Position()


def test_a_position_of_another_reading_counts_for_nothing() -> None:
    position = Position(shards={"a/b/0": Reached(number=7, first=3, copy=COPY)})

    assert position_of(position.dump(fingerprint("id")), fingerprint("_id")) == Position()


def test_a_position_of_version_0_1_reads_every_shard_anew_but_keeps_the_time() -> None:
    kept = '{"reading":"x","shards":{"a/b/0":[7,3]},"time":12}'

    position = position_of(kept, "x")

    assert position.time == 12
    [reached] = position.shards.values()
    assert (list(position.shards), reached.number, reached.first) == (["a/b/0"], UNREAD, UNREAD)
    assert reached.copy != COPY
