"""docker-compose.yml exposes nothing, floats nowhere, and waits for what it needs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.unit.project.compose import ROOT, services
from tests.unit.project.test_environment import FILLED

SERVICES = services(FILLED)
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


def test_our_own_containers_have_no_privileges() -> None:
    for name in ("prefect-server", "deploy", "worker", "worker-gpu"):
        service = SERVICES[name]
        assert service["user"] == "10001:10001", name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_only_the_gpu_profile_asks_for_a_gpu() -> None:
    asks = {name for name, service in SERVICES.items() if "deploy" in service}
    assert asks == {name for name, service in SERVICES.items() if "profiles" in service}
    assert asks == {"worker-gpu"}


def test_the_image_runs_as_nobody_special_with_pinned_versions() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert lines[-2].split() == ["USER", "10001:10001"]
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
