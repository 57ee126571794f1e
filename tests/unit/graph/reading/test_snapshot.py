"""What makes two graphs the same."""

from __future__ import annotations

from typing import Any

from graph.reading.snapshot import Snapshot, diff, snapshot


class Answers:
    """Stands where a graph stands: gives the records it was made with."""

    def __init__(self, nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> None:
        self._answers = {"snapshot_nodes": nodes, "snapshot_edges": edges}

    def read(self, statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Return the records of a statement."""
        assert not parameters
        return self._answers[statement]


def graph(*nodes: dict[str, Any], edges: tuple[dict[str, Any], ...] = ()) -> Snapshot:
    return snapshot(
        Answers(
            [{"labels": node.pop("labels", ["Entity"]), "props": node} for node in nodes],
            [{"head": "a", "type": "R", "tail": "b", "props": edge} for edge in edges],
        )
    )


def test_the_order_of_nodes_labels_and_properties_does_not_matter() -> None:
    one = graph({"labels": ["Entity", "Person"], "id": "a", "x": 1}, {"id": "b"})
    other = graph({"id": "b"}, {"x": 1, "labels": ["Person", "Entity"], "id": "a"})
    assert one == other
    assert one.digest() == other.digest()


def test_when_it_was_written_does_not_matter() -> None:
    one = graph({"id": "a", "run": "1", "extracted_at": "x"})
    other = graph({"id": "a", "run": "2", "extracted_at": "y"})
    assert diff(one, other) == []


def test_differences_are_readable() -> None:
    one = graph({"id": "a", "x": 1}, {"id": "b"}, edges=({"id": "P1", "margin": 1.0},))
    other = graph({"id": "a", "x": 2}, {"id": "c"}, edges=({"id": "P1", "margin": 2.0},))
    assert diff(one, other) == [
        "~ Entity a: x 1 -> 2",
        "- Entity b",
        "+ Entity c",
        "~ a -R-> b: margin 1.0 -> 2.0",
    ]
    assert one.digest() != other.digest()


def test_a_thing_twice_is_a_difference() -> None:
    once = graph({"id": "a"}, edges=({"id": "P1"},))
    twice = graph({"id": "a"}, edges=({"id": "P1"}, {"id": "P1"}))
    assert diff(once, twice) == ["+ a -R-> b #2"]


def test_only_floats_may_lie_apart_and_only_as_far_as_said() -> None:
    one = graph({"id": "a", "margin": 1.0, "documents": 1})
    other = graph({"id": "a", "margin": 1.00001, "documents": 1})
    assert diff(one, other, tolerance=1e-4) == []
    assert len(diff(one, other)) == 1
    assert len(diff(one, graph({"id": "a", "margin": 1.0, "documents": 2}), tolerance=9.0)) == 1
