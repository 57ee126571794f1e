"""docker-compose.yml exposes nothing, floats nowhere, and waits for what it needs."""

from __future__ import annotations

import json
import os
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.settings.models.server.events import ServerEventsSettings
from prefect.settings.models.server.services import ServerServicesDBVacuumSettings

from flows.cli.secret_files import make_secrets
from tests.unit.project.compose import ROOT, parsed
from tests.unit.project.test_environment import FILLED

PARSED = parsed(FILLED)
SERVICES: dict[str, dict[str, Any]] = PARSED["services"]
ONE_SHOT = {"deploy"}


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each service in turn."""
    return SERVICES[request.param]


def test_the_services_are_those_of_the_production_profile() -> None:
    assert set(SERVICES) == {
        *("elasticsearch", "neo4j", "postgres", "prefect-server"),
        *("deploy", "worker", "worker-gpu"),
    }


def test_an_image_is_pinned_to_a_whole_version(service: dict[str, Any]) -> None:
    assert re.search(r":\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$", service["image"])


def test_a_port_is_published_on_loopback_only(service: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_a_service_that_stays_has_a_health_check() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == ONE_SHOT


def test_a_service_waits_for_health_or_success(service: dict[str, Any]) -> None:
    for name, wait in service.get("depends_on", {}).items():
        expected = "completed_successfully" if name in ONE_SHOT else "healthy"
        assert wait == {"condition": f"service_{expected}"}


def test_a_container_has_no_privileges(service: dict[str, Any]) -> None:
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_postgres_starts_as_root_with_what_it_needs_to_step_down() -> None:
    users = {name: service["user"] for name, service in SERVICES.items()}
    assert users.pop("postgres") == "0:0"
    assert set(users.values()) == {f"{FILLED['CONTAINER_USER']}:0"}
    added = {
        name: set(service["cap_add"]) for name, service in SERVICES.items() if "cap_add" in service
    }
    assert added == {"postgres": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}}


def test_a_root_folder_is_read_only_but_where_the_image_writes_its_configuration() -> None:
    writable = {name for name, service in SERVICES.items() if not service.get("read_only")}
    assert writable == {"elasticsearch", "neo4j"}
    assert all("/tmp" in SERVICES[name]["tmpfs"] for name in SERVICES.keys() - writable)


def test_only_what_publishes_a_port_has_a_way_out() -> None:
    networks = PARSED["networks"]
    outward = {name for name, network in networks.items() if not (network or {}).get("internal")}
    assert outward == {"published"}
    for name, service in SERVICES.items():
        assert ("published" in service["networks"]) == bool(service.get("ports")), name
    assert {name for name in SERVICES if "database" in SERVICES[name]["networks"]} == {
        "postgres",
        "prefect-server",
    }


def test_each_secret_is_a_file_that_the_command_makes(tmp_path: Path) -> None:
    made = {path.name for path in make_secrets(tmp_path)}
    declared = PARSED["secrets"]
    assert declared == {name: {"file": f"secrets/{name}"} for name in declared}
    assert declared.keys() <= made
    assert "ca.key" not in declared  # who has it can pass for every server


def test_a_container_gets_the_secrets_that_it_reads_and_no_others() -> None:
    given = {name: secrets_of(service) for name, service in SERVICES.items()}
    ours = {"ca.crt", "elasticsearch_password", "neo4j_password", "prefect_auth"}
    assert given == {
        "elasticsearch": {
            *("ca.crt", "elasticsearch.crt", "elasticsearch.key", "elasticsearch_password")
        },
        "neo4j": {"neo4j.crt", "neo4j.key", "neo4j_auth"},
        "postgres": {"postgres_password"},
        "prefect-server": {"postgres_password", "prefect_auth"},
        "deploy": ours,
        "worker": ours,
        "worker-gpu": ours,
    }
    for name, service in SERVICES.items():
        read = set(re.findall(r"/run/secrets/([a-z0-9_.]+)", str(service)))
        assert read <= given[name], name


def secrets_of(service: dict[str, Any]) -> set[str]:
    """Return the names of a service's secrets."""
    return {each if isinstance(each, str) else each["source"] for each in service["secrets"]}


def test_the_entry_point_reads_the_secret_that_prefect_cannot(tmp_path: Path) -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    [entry] = [line.removeprefix("ENTRYPOINT ") for line in lines if line.startswith("ENTRYPOINT ")]
    command = [*json.loads(entry), "sh", "-c", 'echo "${PREFECT_API_AUTH_STRING-none}"']
    (tmp_path / "secret").write_text("factloom:0123 456")
    variable = {"PREFECT_API_AUTH_STRING_FILE": str(tmp_path / "secret")}
    for environment, expected in ((variable, "factloom:0123 456"), ({}, "none")):
        said = subprocess.run(
            command, env={"PATH": os.defpath, **environment}, capture_output=True, check=True
        )
        assert said.stdout.decode().strip() == expected
    absent = {"PATH": os.defpath, "PREFECT_API_AUTH_STRING_FILE": str(tmp_path / "none")}
    assert subprocess.run(command, env=absent, capture_output=True, check=False).returncode


def test_no_query_makes_neo4j_read_files_or_addresses() -> None:
    environment = SERVICES["neo4j"]["environment"]
    assert environment["NEO4J_dbms_security_allow__csv__import__from__file__urls"] == "false"
    assert environment["NEO4J_internal_dbms_cypher__ip__blocklist"] == "0.0.0.0/0,::/0"


def test_only_the_gpu_profile_asks_for_a_gpu() -> None:
    asks = {name for name, service in SERVICES.items() if "deploy" in service}
    assert asks == {name for name, service in SERVICES.items() if "profiles" in service}
    assert asks == {"worker-gpu"}


def test_what_prefect_keeps_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Prefect itself reads it: a misspelt name would keep everything for ever."""
    for name, value in SERVICES["prefect-server"]["environment"].items():
        if "VACUUM" in name or "RETENTION" in name:
            monkeypatch.setenv(name, value)
    vacuum = ServerServicesDBVacuumSettings()
    assert vacuum.enabled_vacuum_types == {"events", "flow_runs", "orphans"}
    assert vacuum.retention_period == timedelta(days=90)
    assert vacuum.event_retention_overrides == {"prefect.flow-run.heartbeat": timedelta(days=1)}
    assert ServerEventsSettings().retention_period == timedelta(days=30)


def test_the_image_runs_as_nobody_special_with_pinned_versions() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert lines[-2].split() == ["USER", "10001:0"]
    assert any("-c constraints.txt" in line for line in lines)


def test_the_image_gets_every_file_that_it_copies() -> None:
    copied = {
        source
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ")
        for source in line.split()[1:-1]
        if not source.startswith("--")
    }
    sent = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert copied == sent


def test_the_servers_are_the_versions_that_the_tests_run() -> None:
    def tested(server: str) -> str:
        source = (ROOT / "tests" / "servers" / f"{server}.py").read_text()
        found = re.search(r'_VERSION", "([\d.]+)"\)', source)
        assert found is not None
        return found[1]

    assert SERVICES["neo4j"]["image"] == f"neo4j:{tested('neo4j')}-community"
    assert SERVICES["elasticsearch"]["image"] == f"elasticsearch:{tested('elasticsearch')}"


def test_slots_outlive_the_server_that_gave_them() -> None:
    server = SERVICES["prefect-server"]
    storage = server["environment"]["PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE"]
    assert storage.endswith(".filesystem")
    [(_, kept)] = [volume.split(":") for volume in server["volumes"]]
    assert server["environment"]["PREFECT_HOME"].startswith(f"{kept}/")
