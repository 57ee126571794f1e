"""The doctor names what is missing and what to do about it, and shows no secret."""

from __future__ import annotations

import io
from collections import namedtuple
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from pydantic import SecretStr
from rich.console import Console

from config.settings import (
    ElasticsearchSettings,
    EntitySettings,
    GraphSettings,
    Settings,
    SourceSettings,
)
from flows.cli import doctor
from flows.cli.checks import entities, machine, services
from flows.cli.checks.machine import Check
from flows.components import Components
from flows.registry import Models
from graph.server.embedded import EmbeddedServer

NOBODY = "127.0.0.1:1"
Usage = namedtuple("Usage", "total used free")


def print_checks(monkeypatch: pytest.MonkeyPatch, *found: Check) -> tuple[int, str]:
    monkeypatch.setattr(doctor, "checks", lambda settings: iter(found))
    output = io.StringIO()
    failed = doctor.doctor(Settings(), Console(file=output, width=60))
    return failed, output.getvalue()


def test_failures_are_counted_and_remedies_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    failed, text = print_checks(
        monkeypatch,
        machine.ok("Python", "3.11.9"),
        machine.warn("disk", "3 GiB free", "free some space"),
        machine.fail("graph", "nothing answers [at all]", "start it"),
    )
    assert failed == 1
    assert "→ free some space" in text
    assert "nothing answers [at all]" in text
    assert text.endswith("1 to repair\n")


def test_all_well_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert print_checks(monkeypatch, machine.ok("Python", "3.11.9")) == (
        0,
        "✓ Python        3.11.9\nready\n",
    )


@pytest.mark.parametrize(
    ("running", "state"), [((3, 10), "fail"), ((3, 11), "ok"), ((3, 13), "ok")]
)
def test_an_old_python_is_refused(running: tuple[int, int], state: str) -> None:
    assert machine.python_check(running).state == state


def test_the_installed_packages_fit() -> None:
    assert [check.detail for check in machine.package_checks() if check.state != "ok"] == []


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        ({"fastapi": "0.165.0"}, "fastapi 0.165.0 does not fit"),
        ({"sqlalchemy": "2.1.9"}, "sqlalchemy 2.1.9 does not fit"),
        ({"elasticsearch": "9.1.0"}, "elasticsearch 9.1.0 does not fit"),
        ({"torch": "2.7.1+cpu"}, "torch 2.7.1+cpu does not fit"),
    ],
)
def test_a_package_that_is_known_to_fail_is_named(
    monkeypatch: pytest.MonkeyPatch, versions: dict[str, str], found: str
) -> None:
    monkeypatch.setattr(machine, "version", lambda name: versions.get(name) or version(name))
    (failure,) = machine.package_checks()
    assert failure.detail.startswith(found)
    assert "constraints.txt" in failure.remedy


def test_a_local_build_of_torch_fits() -> None:
    assert Requirement("torch>=2.8").specifier.contains("2.11.0+cu130", prereleases=True)


def test_a_gpu_that_is_asked_for_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert machine.gpu_check("cuda").state == "fail"
    assert machine.gpu_check("auto").state == "ok"


def test_a_gpu_that_torch_cannot_use_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("shutil.which", lambda name: f"bin/{name}")
    assert machine.gpu_check("auto").state == "warn"
    assert machine.gpu_check("cpu").state == "ok"


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    check = machine.checkpoint_check(Models(tmp_path / "absent", tmp_path / "registry"))
    assert check.state == "fail"
    assert "absent" in check.detail
    assert "FACTLOOM_EXTRACTOR__CHECKPOINT" in check.remedy


@pytest.mark.parametrize(("free", "state"), [(10**8, "fail"), (2 * 10**9, "warn"), (10**12, "ok")])
def test_a_full_disk_is_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, state: str
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(10**13, 0, free))
    assert machine.disk_check(tmp_path / "not" / "yet").state == state


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    assert machine.disk_check(tmp_path / "home").state == "fail"


def test_what_others_may_read_of_ours_is_named(tmp_path: Path) -> None:
    home, shared = tmp_path / "home", tmp_path / "shared"
    for folder, mode in ((home, 0o755), (home / "graph", 0o700), (home / "old", 0o755)):
        folder.mkdir()
        folder.chmod(mode)
    check = machine.privacy_check(home, home, shared)
    assert (check.state, check.remedy) == ("warn", f"chmod -R go-rwx {home / 'old'}")
    home.chmod(0o700)  # nobody gets there any more
    assert machine.privacy_check(home, shared).state == "ok"


@pytest.mark.parametrize(
    ("content", "state", "said"),
    [
        (None, "fail", "documents.jsonl"),
        ("", "warn", "no documents"),
        ("{", "warn", "line 1"),
        ('{"id": "7", "text": "Ada was born.", "updated_at": "2026-01-01"}', "ok", "samples:7"),
    ],
)
def test_the_source_must_give_a_document(
    tmp_path: Path, content: str | None, state: str, said: str
) -> None:
    path = tmp_path / "documents.jsonl"
    if content is not None:
        path.write_text(content)
    parts = Components(Settings(source=SourceSettings(path=path), home=tmp_path))
    check = services.source_check(parts)
    assert (check.state, said in check.detail) == (state, True), check


def test_the_entity_index_says_what_it_is_made_of_and_what_would_link_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entities, "find_spec", lambda name: None)
    own = tmp_path / "own.jsonl"
    own.write_text('{"id": "own:1", "name": "A Name", "type": "ORG"}\n')
    alone = EntitySettings(path=own, starter=False)
    with closing(Components(Settings(home=tmp_path, entities=alone))) as parts:
        check = entities.entities_check(parts)
    assert check.detail.startswith(f"1 entities ({own}), version")
    assert "FACTLOOM_ENTITIES__STARTER=true" in check.remedy
    assert entities.origin(EntitySettings()) == "the starter index and samples/entities.jsonl"
    assert "pip install -e '.[geonames]'" in entities.what_links_more(EntitySettings())
    assert entities.what_links_more(EntitySettings(path=own)) == ""


def test_the_share_of_linked_entities_is_told() -> None:
    assert entities.linked_share({"entities": 1200, "nil": 300}) == (
        "900 of 1,200 entities linked (75%)"
    )
    assert entities.linked_share({"entities": 0, "nil": 0}) == "0 of 0 entities linked"


def test_a_silent_elasticsearch_is_named() -> None:
    silent = ElasticsearchSettings(
        url=f"http://{NOBODY}", username="elastic", password=SecretStr("hush-hush")
    )
    check = services.elasticsearch_check(Settings(elasticsearch=silent))
    assert check.state == "fail"
    assert NOBODY in check.detail
    assert "FACTLOOM_ELASTICSEARCH__URL" in check.remedy
    assert "hush" not in str(check)


def test_a_silent_neo4j_is_named() -> None:
    silent = GraphSettings(kind="neo4j", uri=f"bolt://{NOBODY}", password=SecretStr("hush-hush"))
    check = services.neo4j_check(Settings(graph=silent))
    assert check.state == "fail"
    assert "FACTLOOM_GRAPH__URI" in check.remedy
    assert "hush" not in str(check)


def test_an_embedded_graph_need_not_run(tmp_path: Path) -> None:
    check = services.embedded_check(EmbeddedServer(tmp_path, 7688))
    assert check.state == "ok"
    assert "not running" in check.detail
    assert list(tmp_path.iterdir()) == []


def test_a_missing_embedded_server_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(services, "find_spec", lambda name: None)
    check = services.embedded_check(EmbeddedServer(tmp_path, 7688))
    assert (check.state, check.remedy) == ("fail", machine.INSTALL)


def test_prefect_may_be_local_or_must_answer() -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert services.prefect_check().state == "ok"
    with temporary_settings({PREFECT_API_URL: f"http://{NOBODY}/api"}):
        check = services.prefect_check()
    assert check.state == "fail"
    assert NOBODY in check.detail
