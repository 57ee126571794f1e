"""Bolt over TLS, by Neo4j's own policy: who the server is gets verified, or nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.cli.certificates import new_authority, new_server
from graph.client import Graph, connect
from graph.errors import GraphRejected, GraphUnavailable
from tests.servers.neo4j import Neo4jServer, encrypted_neo4j

pytestmark = [pytest.mark.integration, pytest.mark.neo4j]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encrypted:
    """A server that speaks TLS, and who vouches for it."""

    server: Neo4jServer
    ca_certs: Path

    def connect(
        self, scheme: str, *, ca_certs: Path | None = None, host: str = "127.0.0.1"
    ) -> Graph:
        port = self.server.uri.rsplit(":", 1)[1]
        return connect(
            f"{scheme}://{host}:{port}",
            username=self.server.username,
            password=self.server.password,
            database=self.server.database,
            ca_certs=ca_certs,
        )


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encrypted]:
    """Neo4j with a certificate as `factloom secrets` makes it, for its address alone."""
    authority = new_authority("Test")
    signed = new_server(authority, ("127.0.0.1",))
    certificates = tmp_path_factory.mktemp("certificates")
    (certificates / "private.key").write_bytes(signed.key)
    (certificates / "public.crt").write_bytes(signed.certificate)
    ca_certs = tmp_path_factory.mktemp("authority") / "ca.crt"
    ca_certs.write_bytes(authority.certificate)
    with encrypted_neo4j(tmp_path_factory.mktemp("neo4j"), certificates) as server:
        yield Encrypted(server=server, ca_certs=ca_certs)


@pytest.mark.parametrize("scheme", ["bolt+s", "neo4j+s"])
def test_a_server_that_our_authority_vouches_for_is_used(encrypted: Encrypted, scheme: str) -> None:
    with encrypted.connect(scheme, ca_certs=encrypted.ca_certs) as graph:
        graph.ensure_schema()
        assert graph.counts()["documents"] == 0


def test_without_the_authority_the_error_names_the_variable(encrypted: Encrypted) -> None:
    with pytest.raises(GraphRejected, match="FACTLOOM_GRAPH__CA_CERTS") as caught:
        encrypted.connect("bolt+s")
    assert encrypted.server.password not in str(caught.value)


def test_another_authority_is_refused(encrypted: Encrypted, tmp_path: Path) -> None:
    other = tmp_path / "other.crt"
    other.write_bytes(new_authority("Test").certificate)
    with pytest.raises(GraphRejected, match="cannot prove who it is"):
        encrypted.connect("bolt+s", ca_certs=other)


def test_a_name_that_is_not_in_the_certificate_is_refused(encrypted: Encrypted) -> None:
    with pytest.raises(GraphRejected, match="not valid for 'localhost'"):
        encrypted.connect("bolt+s", ca_certs=encrypted.ca_certs, host="localhost")


def test_plain_text_is_not_answered(encrypted: Encrypted) -> None:
    with pytest.raises(GraphUnavailable):
        encrypted.connect("bolt")


def test_an_authority_beside_an_address_that_does_not_verify_is_refused(
    encrypted: Encrypted,
) -> None:
    with pytest.raises(GraphRejected, match=r"begin it with bolt\+s://"):
        encrypted.connect("bolt+ssc", ca_certs=encrypted.ca_certs)


def test_an_authority_that_is_no_file_is_refused(encrypted: Encrypted, tmp_path: Path) -> None:
    with pytest.raises(GraphRejected, match="correct FACTLOOM_GRAPH__CA_CERTS"):
        encrypted.connect("bolt+s", ca_certs=tmp_path / "none.crt")
    (tmp_path / "empty.crt").write_text("no certificate\n")
    with pytest.raises(GraphRejected, match=r"empty\.crt: .*correct FACTLOOM_GRAPH__CA_CERTS"):
        encrypted.connect("bolt+s", ca_certs=tmp_path / "empty.crt")
