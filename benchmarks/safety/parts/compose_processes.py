"""The stack of docker-compose.yml as plain processes: what a machine without Docker can show of it.

Read from the file: the servers' passwords and certificates, Prefect's command and settings, the
settings, command and entry point of `deploy` and the worker. Addresses and folders are replaced by
those of this machine. What stands in for an image: PostgreSQL of the system, Elasticsearch without
its security module behind a proxy with TLS and the password, Neo4j's own server with its defaults.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dotenv import dotenv_values
from neo4j import GraphDatabase

from benchmarks.parts.report import ROOT
from benchmarks.safety.parts.contained import as_user, contained
from flows.cli.secret_files import container_user, make_secrets
from tests.servers.neo4j import Neo4jServer, encrypted_neo4j, free_port
from tests.servers.prefect import RestartedServer
from tests.servers.tls_proxy import basic, tls_proxy
from tests.unit.project.compose import services

START_SECONDS = 60.0
POSTGRES = "postgres"
"""The user that the system's package makes, where this one may be another."""


class Compose:
    """The services of the file, with everything of theirs in one folder.

    Args:
        folder: that others may enter, too; /tmp is not seen by services.
        variables: of `.env`, in addition to the example's.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.secrets = folder / "secrets"
        list(make_secrets(self.secrets))
        self.user = container_user(self.secrets)
        example = {
            name: value or "" for name, value in dotenv_values(ROOT / ".env.example").items()
        }
        self._variables = {**example, **variables, "CONTAINER_USER": str(self.user)}
        self._services = services(self._variables)
        self.ports = {name: free_port() for name in ("postgres", "prefect-server")}
        self._replaced: dict[str, str] = {}
        for each, owner in (("data", self.user), ("leases", self.user), ("postgres", POSTGRES)):
            (folder / each).mkdir()
            self._give(folder / each, owner)

    def secret(self, name: str) -> str:
        """Return what a file of secrets says."""
        return (self.secrets / name).read_text().strip()

    def reached(self, service: str, address: str) -> None:
        """Note where a service is: 'host:port' of the file -> of this machine."""
        port = {"elasticsearch": 9200, "neo4j": 7687, "prefect-server": 4200}[service]
        self._replaced[f"{service}:{port}"] = address

    def environment(self, service: str) -> dict[str, str]:
        """Return what a container of a service has in its environment, paths of this machine."""
        given = self._services[service]["environment"]
        values = {
            name: self._variables.get(name, "") if value is None else str(value)
            for name, value in given.items()
        }
        image = {} if service == "prefect-server" else image_environment()
        ours = str(Path(sys.executable).parent)
        path = {"PATH": os.pathsep.join([ours, os.environ["PATH"]]), "LANG": "C.UTF-8"}
        return path | {name: self._here(value) for name, value in {**image, **values}.items()}

    def command(self, service: str) -> list[str]:
        """Return how a container of a service starts."""
        given = [self._here(each) for each in self._services[service]["command"]]
        entry = [] if service == "prefect-server" else image_entry_point()
        writable = [self.folder / ("leases" if service == "prefect-server" else "data")]
        return contained([*entry, *given], user=self.user, writable=writable)

    def deploy(self) -> None:
        """Run the service that registers everything, and ends."""
        environment = self.environment("deploy")
        subprocess.run(self.command("deploy"), cwd=ROOT, env=environment, check=True)

    def prefect_server(self) -> RestartedServer:
        """Return Prefect's server; it is not started."""
        port = self.ports["prefect-server"]
        self.reached("prefect-server", f"127.0.0.1:{port}")
        command = [
            each.replace("--host 0.0.0.0", f"--host 127.0.0.1 --port {port}")
            for each in self.command("prefect-server")
        ]
        environment = self.environment("prefect-server") | {
            "PREFECT_SERVER_DATABASE_HOST": "127.0.0.1",
            "PREFECT_SERVER_DATABASE_PORT": str(self.ports["postgres"]),
        }
        return RestartedServer(command, environment, self.folder, port)

    @contextmanager
    def postgres(self) -> Iterator[None]:
        """Have the database that Prefect's server keeps everything in."""
        given = self._services["postgres"]["environment"]
        home = self.folder / "postgres"
        tools = Path(postgres_tools())
        start = [str(tools / "initdb"), "--pgdata", str(home / "data"), "--auth", "scram-sha-256"]
        start += ["--username", given["POSTGRES_USER"], "--pwfile", str(home / "password")]
        port = str(self.ports["postgres"])
        run = [str(tools / "postgres"), "-D", str(home / "data"), "-p", port, "-k", str(home)]
        given_password = self.secrets / Path(given["POSTGRES_PASSWORD_FILE"]).name
        shutil.copy(given_password, home / "password")
        self._give(home / "password", POSTGRES)
        quiet = subprocess.DEVNULL
        subprocess.run(as_user(start, POSTGRES), cwd=home, check=True, stdout=quiet)
        with (home / "server.log").open("wb") as log:
            server = subprocess.Popen(as_user(run, POSTGRES), cwd=home, stdout=log, stderr=log)
        try:
            self._until_ready(tools, port, given["POSTGRES_USER"])
            self.sql(f"CREATE DATABASE {given['POSTGRES_DB']}", database="postgres")
            yield
        finally:
            server.terminate()
            server.wait()

    def sql(self, statement: str, *, database: str = "prefect") -> None:
        """Run a statement in PostgreSQL."""
        where = ["-h", "127.0.0.1", "-p", str(self.ports["postgres"]), "-U", "prefect"]
        password = {**os.environ, "PGPASSWORD": self.secret("postgres_password")}
        command = ["psql", *where, "-d", database, "-v", "ON_ERROR_STOP=1", "-q", "-c", statement]
        subprocess.run(command, env=password, check=True)

    @contextmanager
    def elasticsearch(self, address: str) -> Iterator[None]:
        """Have a server reached as the file says: by TLS, with the user's password."""
        user = self._services["worker"]["environment"]["FACTLOOM_ELASTICSEARCH__USERNAME"]
        allowed = basic(user, self.secret("elasticsearch_password"))
        with tls_proxy(
            address, self.secrets, allowed=allowed, certificate="elasticsearch"
        ) as proxy:
            self.reached("elasticsearch", proxy.url.removeprefix("https://"))
            yield

    @contextmanager
    def neo4j(self) -> Iterator[Neo4jServer]:
        """Have a graph server that speaks TLS only, with the user's password."""
        home, certificates = self.folder / "neo4j", self.folder / "neo4j-certificates"
        home.mkdir()
        certificates.mkdir()
        for name, own in (("neo4j.crt", "public.crt"), ("neo4j.key", "private.key")):
            shutil.copy(self.secrets / name, certificates / own)
        with encrypted_neo4j(home, certificates) as server:
            password = self.secret("neo4j_password")
            with GraphDatabase.driver(
                server.uri, auth=(server.username, server.password)
            ) as driver:
                driver.execute_query(
                    "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
                    {"old": server.password, "new": password},
                    database_="system",
                )
            self.reached("neo4j", server.uri.partition("://")[2])
            yield Neo4jServer(uri=server.uri, password=password)

    def _here(self, value: str) -> str:
        """Replace what differs on this machine: folders at the start of a value, and addresses."""
        folders = {"/data": self.folder / "data", "/var/tmp": self.folder / "leases", "/app": ROOT}
        for theirs, ours in folders.items():
            value = re.sub(rf"^{theirs}(?=/|$)", str(ours), value, count=1)
            if value.startswith(str(ours)):
                return value
        for service, address in self._replaced.items():
            value = value.replace(service, address)
        return value.replace("/run/secrets", str(self.secrets))

    def _give(self, path: Path, owner: int | str) -> None:
        if not os.getuid():
            shutil.chown(path, owner)

    def _until_ready(self, tools: Path, port: str, user: str) -> None:
        ask = [str(tools / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", port, "-U", user]
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run(ask, check=False).returncode:
            if time.monotonic() > deadline:
                raise SystemExit((self.folder / "postgres" / "server.log").read_text())
            time.sleep(0.2)


def postgres_tools() -> str:
    """Return the folder of PostgreSQL's programs.

    Raises:
        SystemExit: it is not installed.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise SystemExit("install PostgreSQL (Debian: the package postgresql)")
    return str(found[-1].parent)


def image_entry_point() -> list[str]:
    """Return the entry point of our image."""
    [line] = re.findall(r"^ENTRYPOINT (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    found: list[str] = json.loads(line)
    return found


def image_environment() -> dict[str, str]:
    """Return what our image sets for those who run it."""
    [*_, last] = re.findall(
        r"^ENV ((?:.*\\\n)*.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )
    return dict(re.findall(r"(\w+)=(\S+)", last))
