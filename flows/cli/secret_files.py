"""`factloom secrets`: what the production stack must keep to itself, made once, never overwritten.

Passwords are random; certificates come from an authority of this folder's own. Compose mounts each
file into the containers that need it, and only those.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from flows.cli.certificates import Certificate, new_authority, new_server
from flows.errors import SecretsRejected

CONTAINER_USER = 10001
"""Who owns the files, and runs the containers, where root makes them."""
PASSWORDS = ("elasticsearch_password", "neo4j_password", "postgres_password", "prefect_password")
HOSTS = ("localhost", "127.0.0.1", "::1")
SERVERS = ("elasticsearch", "neo4j", "prefect")
"""Those that speak TLS, by the names that the others reach them by."""
AUTHORITY = "ca"


def make_secrets(folder: Path, *, hosts: tuple[str, ...] = ()) -> Iterator[Path]:
    """Make the files that are missing, and yield each one that was made.

    Args:
        folder: of the files; made with mode 0700 where it is missing.
        hosts: further names or addresses that the servers are reached by.

    Raises:
        SecretsRejected: the folder cannot be written, or half of a pair is missing.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        _give_away(folder)
        for name in PASSWORDS:
            yield from _made(folder, {name: secrets.token_urlsafe(24).encode()})
        yield from _made(folder, _logins(folder))
        authority = _pair(folder, AUTHORITY)
        if authority is None:
            authority = new_authority("Factloom")
            yield from _made(folder, _files(AUTHORITY, authority))
        for server in SERVERS:
            if _pair(folder, server) is None:
                signed = new_server(authority, (server, *HOSTS, *hosts))
                yield from _made(folder, _files(server, signed))
    except OSError as error:
        reason = f"{error.filename or folder}: {error.strerror}"
        raise SecretsRejected(f"{reason}; give a folder that you may write") from error


def container_user(folder: Path) -> int:
    """Return the user that the containers must run as to read the files."""
    return folder.stat().st_uid


def _logins(folder: Path) -> Mapping[str, bytes]:
    """Return passwords together with the user, as some servers want them."""
    return {
        "neo4j_auth": b"neo4j/" + (folder / "neo4j_password").read_bytes().strip(),
        "prefect_auth": b"factloom:" + (folder / "prefect_password").read_bytes().strip(),
    }


def _files(name: str, made: Certificate) -> dict[str, bytes]:
    return {f"{name}.key": made.key, f"{name}.crt": made.certificate}


def _pair(folder: Path, name: str) -> Certificate | None:
    """Return a certificate that is there with its key, None where neither is."""
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    if key.exists() != certificate.exists():
        left = key if key.exists() else certificate
        raise SecretsRejected(
            f"{left} is there without its other half: put that back, or move {left.name} away"
        )
    if not key.exists():
        return None
    return Certificate(certificate.read_bytes(), key.read_bytes())


def _made(folder: Path, contents: Mapping[str, bytes]) -> Iterator[Path]:
    """Write the files that are missing, readable for their owner alone from the first byte on."""
    for name, content in contents.items():
        path = folder / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        _give_away(path)
        yield path


def _give_away(path: Path) -> None:
    if os.getuid() == 0:
        os.chown(path, CONTAINER_USER, 0)
