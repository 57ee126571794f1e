"""Secrets are made once, for their owner alone, and TLS accepts what is made."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from flows.cli.certificates import new_authority, new_server
from flows.cli.secret_files import (
    AUTHORITY,
    CONTAINER_USER,
    PASSWORDS,
    SERVERS,
    container_user,
    make_secrets,
)
from flows.errors import SecretsRejected

PAIRS = (AUTHORITY, *SERVERS)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        made = list(make_secrets(tmp_path / "secrets"))
    finally:
        os.umask(old)
    assert {path.name for path in made} == contents(tmp_path / "secrets").keys()
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    user = container_user(tmp_path / "secrets")
    assert {path.stat().st_uid for path in made} == {user}
    assert user == (os.getuid() or CONTAINER_USER)


def test_nothing_is_overwritten_and_what_is_missing_is_made(tmp_path: Path) -> None:
    (tmp_path / "neo4j_password").write_text("my own\n")
    list(make_secrets(tmp_path))
    before = contents(tmp_path)
    assert before["neo4j_password"] == b"my own\n"
    assert before["neo4j_auth"] == b"neo4j/my own"
    assert list(make_secrets(tmp_path)) == []
    for pair in SERVERS:
        (tmp_path / f"{pair}.key").unlink()
        (tmp_path / f"{pair}.crt").unlink()
    assert len(list(make_secrets(tmp_path))) == 2 * len(SERVERS)
    after = contents(tmp_path)
    assert after.keys() == before.keys()
    assert {name for name in before if before[name] != after[name]} == {
        f"{pair}.{kind}" for pair in SERVERS for kind in ("key", "crt")
    }


def test_passwords_are_long_and_all_different(tmp_path: Path) -> None:
    folders = (tmp_path / "one", tmp_path / "other")
    for folder in folders:
        list(make_secrets(folder))
    passwords = [(folder / name).read_text() for folder in folders for name in PASSWORDS]
    assert len(set(passwords)) == len(passwords)
    assert min(map(len, passwords)) >= 32


@pytest.mark.parametrize("half", ["key", "crt"])
def test_half_of_a_pair_is_refused_by_name(tmp_path: Path, half: str) -> None:
    list(make_secrets(tmp_path))
    (tmp_path / f"neo4j.{half}").unlink()
    with pytest.raises(SecretsRejected, match=r"neo4j\.(key|crt) is there without"):
        list(make_secrets(tmp_path))


def test_a_folder_that_cannot_be_made_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretsRejected, match="give a folder that you may write"):
        list(make_secrets(tmp_path / "file"))


@pytest.mark.parametrize("host", ["neo4j", "localhost", "127.0.0.1", "graph.example.org"])
def test_a_client_that_trusts_the_authority_accepts_the_server(tmp_path: Path, host: str) -> None:
    list(make_secrets(tmp_path, hosts=("graph.example.org",)))
    assert handshake(tmp_path / "neo4j", tmp_path / "ca.crt", host) == "TLSv1.3"


def test_another_name_or_another_authority_is_refused(tmp_path: Path) -> None:
    list(make_secrets(tmp_path / "one"))
    list(make_secrets(tmp_path / "other"))
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(tmp_path / "one" / "neo4j", tmp_path / "one" / "ca.crt", "elasticsearch")
    with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
        handshake(tmp_path / "one" / "neo4j", tmp_path / "other" / "ca.crt", "neo4j")


def test_certificates_last_two_years_and_their_authority_ten() -> None:
    authority = new_authority("Test")
    server = new_server(authority, ("there",))
    days = timedelta(days=1)
    assert (expires(server.certificate) - datetime.now(UTC)) // days in (729, 730)
    assert (expires(authority.certificate) - datetime.now(UTC)) // days in (3649, 3650)


def expires(certificate: bytes) -> datetime:
    return x509.load_pem_x509_certificate(certificate).not_valid_after_utc


def handshake(server: Path, authority: Path, host: str) -> str | None:
    """Shake hands over a socket pair; return the version of TLS."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(server.with_suffix(".crt"), server.with_suffix(".key"))
    trusting = ssl.create_default_context(cafile=str(authority))
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            with serving.wrap_socket(theirs, server_side=True) as connection:
                connection.recv(1)
        except OSError:
            pass  # the client did not like it, and says so itself

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with ours, trusting.wrap_socket(ours, server_hostname=host) as connection:
            version = connection.version()
            connection.sendall(b"x")
            return version
    finally:
        thread.join()
        theirs.close()
