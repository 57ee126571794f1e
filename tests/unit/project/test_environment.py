"""What a deployment is told to set is exactly what the program reads."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values
from pydantic.fields import FieldInfo

from config.profiles import PRODUCTION
from config.settings import Settings, load_settings
from config.variables import is_secret, settings_by_variable, variable
from tests.unit.project.compose import COMPOSE, ROOT, Unset, interpolated, services

EXAMPLE = {name: value or "" for name, value in dotenv_values(ROOT / ".env.example").items()}
SECRETS = {name for name, field in settings_by_variable(Settings) if is_secret(field)}
FILLED = {**EXAMPLE, "CONTAINER_USER": "1000", "FACTLOOM_ELASTICSEARCH__INDEX": "articles"}
REQUIRED = {name for name in FILLED if FILLED[name] != EXAMPLE[name]}

DECIDED_BY_PROFILE = {
    variable(section, key) for section in PRODUCTION for key in PRODUCTION[section]
}
NOT_FOR_CONTAINERS = {
    "FACTLOOM_ELASTICSEARCH__API_KEY",  # the password is given; both is an error
    "FACTLOOM_GRAPH__PORT",  # of the embedded server
}


def shown(name: str, field: FieldInfo) -> str:
    """Return what `.env.example` must say for a setting."""
    default = field.get_default(call_default_factory=True)
    if default is None or is_secret(field) or name in DECIDED_BY_PROFILE:
        return ""
    return json.dumps(default) if isinstance(default, dict) else str(default)


def test_the_example_lists_every_setting_with_its_default() -> None:
    expected = {name: shown(name, field) for name, field in settings_by_variable(Settings)}
    listed = {name: value for name, value in EXAMPLE.items() if name.startswith("FACTLOOM_")}
    assert listed == expected


def test_the_example_holds_no_secret() -> None:
    assert SECRETS
    assert {name: EXAMPLE[name] for name in SECRETS} == dict.fromkeys(SECRETS, "")
    assert interpolated(FILLED).names.isdisjoint(SECRETS)


def test_the_example_alone_is_the_local_profile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    monkeypatch.chdir(tmp_path)
    from_example = load_settings()
    monkeypatch.chdir(tmp_path.parent)
    assert from_example == load_settings()


def test_compose_follows_the_specification() -> None:
    command = ["--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *command], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


def test_compose_asks_only_for_variables_of_the_example() -> None:
    assert interpolated(FILLED).names <= EXAMPLE.keys()
    passed_on = {
        name
        for service in services(FILLED).values()
        for name, value in service.get("environment", {}).items()
        if value is None
    }
    assert passed_on
    assert passed_on <= EXAMPLE.keys()


@pytest.mark.parametrize("missing", sorted(REQUIRED))
def test_compose_does_not_start_without(missing: str) -> None:
    with pytest.raises(Unset, match=missing):
        interpolated({**FILLED, missing: ""})


def test_the_workers_get_every_setting_that_concerns_them() -> None:
    environment = services(FILLED)["worker"]["environment"]
    given = {name.removesuffix("_FILE") for name in environment if name.startswith("FACTLOOM_")}
    assert given == {name for name, _ in settings_by_variable(Settings)} - NOT_FOR_CONTAINERS


def test_what_the_workers_get_is_a_valid_production_profile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("0123456789")
    for name, value in services(FILLED)["worker"]["environment"].items():
        given = FILLED[name] if value is None else value
        monkeypatch.setenv(name, str(secret) if name.endswith("_FILE") else given)
    settings = load_settings()
    assert (settings.source.kind, settings.entities.kind, settings.graph.kind) == (
        "elasticsearch",
        "elasticsearch",
        "neo4j",
    )
    assert settings.elasticsearch.url == "https://elasticsearch:9200"
    assert settings.graph.uri == "bolt+s://neo4j:7687"


def test_no_variable_of_a_service_is_a_secret() -> None:
    words = re.compile(r"PASSWORD|AUTH_STRING|AUTH$|API_KEY|SECRET|TOKEN$")
    for name, service in services(FILLED).items():
        for key, value in service.get("environment", {}).items():
            if words.search(key.removesuffix("_FILE")):
                assert key.endswith("_FILE"), f"{name}: {key}"
                assert str(value).startswith("/run/secrets/"), f"{name}: {key}"
