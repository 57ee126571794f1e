"""A graph server in memory: what the write path's statements do, without Cypher.

It knows no nodes of users. `tests/integration/graph` shows what the statements do on both servers;
here the plans and their order are tested, in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeVar, cast

from graph.client import Graph
from graph.driver.transaction import Transaction
from graph.model.records import RunInfo
from graph.reading.snapshot import IGNORED_PROPERTIES

Row = dict[str, Any]
T = TypeVar("T")


class Database:
    """Nodes and relationships, and the statements that read and write them."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Row]] = {
            label: {}
            for label in ("Document", "Entity", "Evidence", "Correction", "FailedDocument")
        }
        self.mentions: dict[tuple[str, str], Row] = {}
        """(entity, document) -> its properties."""
        self.edges: dict[tuple[str, str, str], Row] = {}
        """(head, relation, tail) -> its type and properties."""
        self.adopted: Row = {"champion": "", "assert_above": -1.0}
        self.written: list[str] = []
        """The statements that wrote something of entities, evidence and edges."""

    def content(self) -> dict[str, Any]:
        """Return all that is the same for the same documents and verdicts."""

        def without(props: Mapping[str, Any]) -> Row:
            return {name: props[name] for name in props if name not in IGNORED_PROPERTIES}

        nodes = {
            (label, id_): without(props)
            for label, by_id in self.nodes.items()
            for id_, props in by_id.items()
        }
        return deepcopy({"nodes": nodes, "mentions": self.mentions, "edges": self.edges})

    def run(self, name: str, rows: Iterable[Any] = (), **parameters: Any) -> list[Row]:
        """Run a statement by its name."""
        found = getattr(self, f"_{name}")(list(rows), **parameters)
        if name.split("_")[-1] in ("entities", "evidence", "edges", "mentions") and list(rows):
            self.written += [name] if not name.startswith(("read", "stored", "export")) else []
        return [dict(each) for each in found or ()]

    # What is read.

    def _taken_ids(self, rows: list[str], **_: Any) -> list[Row]:
        return []

    def _read_digests(self, rows: list[str]) -> Iterator[Row]:
        return ({"id": id_, "digest": props["digest"]} for id_, props in self._of("Document", rows))

    def _read_entities(self, rows: list[str]) -> Iterator[Row]:
        return ({"id": id_, "node": props} for id_, props in self._of("Entity", rows))

    def _read_own_evidence(self, rows: list[str]) -> Iterator[Row]:
        return (
            {"id": each["id"], "edge": each["edge"]}
            for each in self.nodes["Evidence"].values()
            if each["document"] in rows
        )

    def _stored_evidence(self, rows: list[str]) -> Iterator[Row]:
        found = self.nodes["Evidence"].values()
        return ({"props": each} for each in found if each["document"] in rows)

    def _read_evidence(self, rows: list[str]) -> Iterator[Row]:
        names = (
            *("edge", "margin", "probability", "link_confidence", "text", "checkpoint"),
            "document",
        )
        for each in self.nodes["Evidence"].values():
            if each["edge"] in rows:
                document = self.nodes["Document"][each["document"]]
                times = {name: document[name] for name in ("updated_at", "extracted_at")}
                known = {"contradicts": each.get("contradicts", "")}
                yield {name: each[name] for name in names} | known | times

    def _read_corrections(self, rows: list[str]) -> Iterator[Row]:
        return (
            {"id": id_, "verdict": props["verdict"], "at": props["at"]}
            for id_, props in self._of("Correction", rows)
        )

    def _read_corrections_of(self, rows: list[str]) -> Iterator[Row]:
        for each in self.nodes["Correction"].values():
            for end in {each["head"], each["tail"]} & set(rows):
                yield {"entity": end, "correction": each}

    def _all_corrections(self, _: list[str]) -> Iterator[Row]:
        return ({"correction": each} for each in self.nodes["Correction"].values())

    def _read_mentioned(self, rows: list[str]) -> Iterator[Row]:
        for id_ in rows:
            own = {d: props for (entity, d), props in self.mentions.items() if entity == id_}
            seen = [self.nodes["Document"][document]["updated_at"] for document in own]
            linked = own and self.nodes["Entity"][id_]["linked"]
            if own:
                yield {
                    "id": id_,
                    "link_confidence": max(each["link_confidence"] for each in own.values()),
                    "first_seen": min(seen),
                    "last_seen": max(seen),
                    "names": [] if linked else [each["names"] for each in own.values()],
                }

    def _read_edges(self, rows: list[Row], **_: Any) -> Iterator[Row]:
        return (row | self.edges[_triple(row)] for row in rows if _triple(row) in self.edges)

    def _export_mentions(self, rows: list[str]) -> Iterator[Row]:
        for (entity, document), props in self.mentions.items():
            if document in rows:
                yield {"entity": entity, "document": document, "props": props}

    def _export_documents(self, rows: list[str]) -> Iterator[Row]:
        return ({"id": id_, "props": props} for id_, props in self._of("Document", rows))

    def _documents_mentioning(self, _: list[str], *, id: str, limit: int) -> list[Row]:
        return [{"id": d} for entity, d in self.mentions if entity == id][:limit]

    def _count_by_checkpoint(self, _: list[str]) -> Iterator[Row]:
        names = [each["checkpoint"] for each in self.nodes["Document"].values()]
        return ({"checkpoint": name, "count": names.count(name)} for name in {*names})

    def _documents_by_side(self, _: list[str], *, checkpoint: str, own: bool) -> Iterator[Row]:
        for id_, each in self.nodes["Document"].items():
            if (each["checkpoint"] == checkpoint) == own:
                yield {"id": id_}

    def _read_adopted(self, _: list[str]) -> list[Row]:
        return [dict(self.adopted)]

    def _read_evidence_without_links(self, _: list[str]) -> list[Row]:
        return []

    # What is written.

    def _set_adopted(self, _: list[str], *, adopted: Row) -> None:
        names = {"settled_for": "champion", "settled_above": "assert_above"}
        self.adopted |= {names[name]: value for name, value in adopted.items()}

    def _forget_adopted(self, _: list[str], *, champion: str, assert_above: float) -> None:
        if self.adopted["champion"] != champion:
            self.adopted["champion"] = ""
        if self.adopted["assert_above"] != assert_above:
            self.adopted["assert_above"] = -1.0

    def _upsert_documents(self, rows: list[Row]) -> None:
        for row in rows:
            self.nodes["Document"].setdefault(row["id"], {"id": row["id"]}).update(row["props"])

    def _delete_mentions(self, rows: list[str]) -> Iterator[Row]:
        for document in rows:
            gone = {key: props for key, props in self.mentions.items() if key[1] == document}
            spans = [{"entity": key[0], "spans": props["spans"]} for key, props in gone.items()]
            for key in gone:
                del self.mentions[key]
            if gone:
                before = self.nodes["Document"][document]["content_hash"]
                yield {"document": document, "content_hash": before, "mentions": spans}

    def _create_mentions(self, rows: list[Row], **_: Any) -> list[Row]:
        for row in rows:
            assert row["entity"] in self.nodes["Entity"], "its node is there"
            self.mentions[row["entity"], row["document"]] = row["props"]
        return [{"written": len(rows)}]

    def _create_entities(self, rows: list[Row], *, label: str, **_: Any) -> list[Row]:
        for row in rows:
            assert row["id"] not in self.nodes["Entity"]
            self.nodes["Entity"][row["id"]] = {"id": row["id"], "label": label, **row["props"]}
        return [{"written": len(rows)}]

    def _update_entities(self, rows: list[Row], *, label: str, **_: Any) -> list[Row]:
        for row in rows:
            new = row["props"] | ({"label": label} if label else {})
            self.nodes["Entity"][row["id"]].update(new)
        return [{"written": len(rows)}]

    _relabel_entities = _update_entities

    def _create_evidence(self, rows: list[Row], **_: Any) -> list[Row]:
        for row in rows:
            assert row["id"] not in self.nodes["Evidence"]
            assert row["document"] in self.nodes["Document"]
            self.nodes["Evidence"][row["id"]] = row
        return [{"written": len(rows)}]

    def _update_evidence(self, rows: list[Row], **_: Any) -> list[Row]:
        for row in rows:
            self.nodes["Evidence"][row["id"]].update(row)
        return [{"written": len(rows)}]

    def _create_edges(self, rows: list[Row], *, types: tuple[str, ...], **_: Any) -> list[Row]:
        for row in rows:
            assert {row["head"], row["tail"]} <= self.nodes["Entity"].keys()
            key = (row["head"], row["props"]["id"], row["tail"])
            assert key not in self.edges
            self.edges[key] = {"type": types[row["type"]], "props": row["props"]}
        return [{"written": len(rows)}]

    def _update_edges(self, rows: list[Row], **_: Any) -> None:
        for row in rows:
            self.edges[_triple(row)]["props"].update(row["props"])

    def _delete_edges(self, rows: list[Row], **_: Any) -> None:
        for row in rows:
            self.edges.pop(_triple(row), None)

    def _write_corrections(self, rows: list[Row]) -> None:
        self.nodes["Correction"].update({row["id"]: row for row in rows})

    def _delete_nodes(self, rows: list[str], *, label: str, **_: Any) -> list[Row]:
        return [{"keys": [id_ for id_ in rows if self.nodes[label].pop(id_, None)]}]

    def _delete_entities(self, rows: list[str], **_: Any) -> list[Row]:
        held = {entity for entity, _ in self.mentions}
        held |= {end for head, _, tail in self.edges for end in (head, tail)}
        gone = [id_ for id_ in rows if id_ not in held and self.nodes["Entity"].pop(id_, {})]
        return [{"keys": gone}]

    def _of(self, label: str, ids: Iterable[str]) -> Iterator[tuple[str, Row]]:
        return ((id_, self.nodes[label][id_]) for id_ in ids if id_ in self.nodes[label])


class MemoryTransaction(Transaction):
    """A transaction that gives a statement's name to a database instead of its text to a server."""

    def __init__(self, database: Database) -> None:
        super().__init__(cast(Any, database))

    def run(self, name: str, **parameters: Any) -> None:
        """Run a statement that returns nothing."""
        cast(Any, self.tx).run(name, **parameters)

    def rows(self, name: str, rows: Iterable[Any], **parameters: Any) -> list[Row]:
        """Run a statement that unwinds rows; no rows, no message."""
        found = list(rows)
        given = {key: value for key, value in parameters.items() if value or key == "label"}
        return cast(Any, self.tx).run(name, found, **given) if found else []


class WrittenGraph(Graph):
    """A graph on a database in memory: what writes to it is the real thing."""

    def __init__(self) -> None:
        self.database = Database()

    def read(self, statement: str, /, **parameters: Any) -> list[Row]:
        """Run a statement that reads."""
        return self.database.run(statement, **parameters)

    def stream(self, statement: str, /, **parameters: Any) -> Iterator[Row]:
        """Run a statement that reads."""
        return iter(self.read(statement, **parameters))

    def execute_write(self, work: Callable[[Transaction], T], run: RunInfo | None = None) -> T:
        """Run work; what raises is not undone."""
        return work(MemoryTransaction(self.database))


def _triple(row: Row) -> tuple[str, str, str]:
    return row["head"], row["relation"], row["tail"]
