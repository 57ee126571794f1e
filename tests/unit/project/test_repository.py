"""The repository installs anywhere: pinned, once, and from the index that the machine uses."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.unit.project.compose import ROOT

FLOATING = {
    "torch": "any build >= 2.8 must do",
    "prefect-ray": "its extra is not part of the tested environment",
}
HOSTS = (  # in parts, so that this file does not hold them
    *(("pypi", "org"), ("pythonhosted", "org"), ("download", "pytorch", "org")),
    *(("ghcr", "io"), ("docker", "elastic", "co"), ("repo1", "maven", "org")),
    *(("repo", "maven", "apache", "org"),),
)
OTHERS_TEXT = ("LICENSE", "samples/", "models/")
"""Texts that we do not write or that quote the world."""


@cache
def tracked_texts() -> list[tuple[str, str]]:
    """Return path and text of each file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [path for path in listed.split("\0") if path and not path.startswith(OTHERS_TEXT)]
    existing = [path for path in paths if (ROOT / path).is_file()]
    return [(path, (ROOT / path).read_text(encoding="utf-8", errors="ignore")) for path in existing]


def dependencies() -> dict[str, Requirement]:
    """Return every direct dependency, those of the extras too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    found = [Requirement(each) for each in (*project["dependencies"], *extras)]
    return {canonicalize_name(each.name): each for each in found}


def constraints() -> dict[str, Requirement]:
    """Return the constraints by name."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(each.name): each for each in found}


def make(*arguments: str) -> str:
    """Return what make would run."""
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    return subprocess.run(
        ["make", "--dry-run", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_every_direct_dependency_has_one_version_that_it_allows() -> None:
    pins = constraints()
    for name, dependency in dependencies().items():
        if name in FLOATING:
            assert name not in pins
            continue
        (pin,) = pins[name].specifier
        assert pin.operator == "==", name
        assert dependency.specifier.contains(pin.version), name


def test_the_constraints_hold_no_build_of_torch() -> None:
    held = [n for n in constraints() if n.startswith(("torch", "triton", "nvidia-", "cuda-"))]
    assert held == []


def test_packages_stay_where_prefect_starts_and_keeps_its_schedules() -> None:
    fastapi = constraints()["fastapi"].specifier
    assert fastapi.contains("0.150.0")
    assert not fastapi.contains("0.155.0")
    assert not constraints()["sqlalchemy"].specifier.contains("2.1.0")


def test_no_file_names_a_package_index_or_a_registry() -> None:
    pattern = re.compile("|".join(re.escape(".".join(parts)) for parts in HOSTS))
    found = [path for path, text in tracked_texts() if pattern.search(text)]
    assert found == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    pattern = re.compile(r"(?<![\w.])/(?:work|root|Users|home/(?!factloom))/?\w")
    found = [path for path, text in tracked_texts() if pattern.search(text)]
    assert found == []


def test_the_first_make_installs_and_the_second_does_not(tmp_path: Path) -> None:
    first = make(f"VENV={tmp_path}", "check")
    assert "pip install" in first
    assert "-c constraints.txt" in first
    (tmp_path / ".factloom-installed").touch()
    assert "pip install" not in make(f"VENV={tmp_path}", "check")


def test_a_new_dependency_is_installed(tmp_path: Path) -> None:
    (tmp_path / ".factloom-installed").touch()
    assert "pip install" in make(f"VENV={tmp_path}", "--assume-new=constraints.txt", "check")


@pytest.mark.parametrize(
    "target",
    [
        *(
            "help",
            "demo",
            "test",
            "test-unit",
            "test-slow",
            "test-graph",
            "test-servers",
            "test-e2e",
        ),
        *("test-long", "test-matrix", "coverage", "check", "format", "bench", "figures"),
        *("up", "down", "secrets"),
    ],
)
def test_help_names_every_target(target: str) -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert re.search(rf"^  make {target} +\S", shown, re.MULTILINE)


@pytest.mark.parametrize("failing", ["nothing", "check", "test"])
def test_ci_runs_what_people_run_and_fails_where_it_does(tmp_path: Path, failing: str) -> None:
    told = tmp_path / "told"
    programs = {
        "javac": "echo javac 17.0.1",
        "mvn": "",
        "make": f'echo "CI=$CI ${{@: -1}}" >> {told}; [ "${{@: -1}}" != {failing} ]',
    }
    for name, does in programs.items():
        (tmp_path / name).write_text(f"#!/usr/bin/env bash\n{does}\n")
        (tmp_path / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run([ROOT / ".ci" / "run"], env=environment, check=False)
    assert (ran.returncode == 0) == (failing == "nothing")
    expected = ["CI=true check", "CI=true test"]
    assert told.read_text().splitlines() == expected[: 1 if failing == "check" else 2]


def test_a_commit_must_pass_what_is_checked() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    entries = [hook["entry"] for repository in hooks for hook in repository["hooks"]]
    assert len(entries) == 3
    assert {repository["repo"] for repository in hooks} == {"local"}, "no registry is needed"
    checked = make("check")
    assert [entry for entry in entries if entry not in checked] == []


def test_every_module_that_is_named_as_a_command_can_be_run() -> None:
    """An error that names one which does nothing helps nobody."""
    command = re.compile(r"python -m ((?:benchmarks|extractor|flows)\.[a-z_.]*[a-z_])")
    named = {module for _, text in tracked_texts() for module in command.findall(text)}
    assert len(named) > 10
    assert [module for module in sorted(named) if not _can_be_run(module)] == []


def _can_be_run(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    return file.exists() and (
        file.name == "__main__.py" or '__name__ == "__main__"' in file.read_text(encoding="utf-8")
    )
