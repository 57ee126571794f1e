"""What `factloom doctor` checks on this machine: versions, GPU, checkpoint, disk."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from config.settings import Settings
from extractor.errors import CheckpointRejected
from flows.errors import ChampionRejected
from flows.registry import Models

INSTALL = "install what is pinned: pip install -e '.[embedded]' -c constraints.txt"
TRAPS = ("fastapi>=0.139,<0.151", "sqlalchemy>=2.0,<2.1")
"""Not required by us, but Prefect 3.8.8 cannot start its server with a newer fastapi, and starts no
run by schedule with a newer SQLAlchemy."""
GIB = 2**30
LEAST_FREE, SCARCE = 1 * GIB, 5 * GIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was looked at, what was found, and what to do about it."""

    name: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    remedy: str = ""


def ok(name: str, detail: str) -> Check:
    """Return a check that found nothing wrong."""
    return Check(name=name, state="ok", detail=detail)


def warn(name: str, detail: str, remedy: str) -> Check:
    """Return a check that found something that still lets Factloom run."""
    return Check(name=name, state="warn", detail=detail, remedy=remedy)


def fail(name: str, detail: str, remedy: str) -> Check:
    """Return a check that found what keeps Factloom from running."""
    return Check(name=name, state="fail", detail=detail, remedy=remedy)


def machine_checks(settings: Settings) -> Iterator[Check]:
    """Yield what can be said without any server."""
    from flows.ingest.exchange import OURS  # only now: it brings the graph's driver

    yield python_check(sys.version_info[:2])
    yield from package_checks()
    yield gpu_check(settings.extractor.device)
    yield checkpoint_check(Models(settings.extractor.checkpoint, settings.registry))
    yield disk_check(settings.home)
    yield privacy_check(settings.home, settings.registry, settings.run.shared_folder / OURS)


def python_check(running: tuple[int, ...]) -> Check:
    """Check the interpreter."""
    found = f"{platform.python_version()} on {os.cpu_count()} cores"
    if running < (3, 11):
        return fail("Python", found, "use Python 3.11 or newer")
    return ok("Python", found)


def package_checks() -> Iterator[Check]:
    """Check every package that we require, and those that others require too loosely."""
    try:
        declared = requires("factloom") or []
    except PackageNotFoundError:
        yield fail("packages", "factloom itself is not installed", INSTALL)
        return
    needed = [each for each in map(Requirement, (*declared, *TRAPS)) if not _of_an_extra(each)]
    wrong = [found for each in needed if (found := _mismatch(each))]
    for found in wrong:
        yield fail("packages", found, INSTALL)
    if not wrong:
        shown = ("torch", "transformers", "prefect", "fastapi", "elasticsearch", "neo4j")
        yield ok("packages", ", ".join(f"{name} {version(name)}" for name in shown))


def gpu_check(device: str) -> Check:
    """Check that the device that the settings ask for is there."""
    import torch  # only now: it takes seconds

    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        memory = f"{free / GIB:.1f} of {total / GIB:.1f} GiB free"
        return ok("GPU", f"{torch.cuda.get_device_name()}, {memory}")
    if device == "cuda":
        return fail(
            "GPU",
            "FACTLOOM_EXTRACTOR__DEVICE is cuda, but torch sees no GPU",
            "set it to auto, or install the driver and a torch build for it",
        )
    if device == "auto" and shutil.which("nvidia-smi"):
        return warn(
            "GPU",
            f"torch {torch.__version__} cannot use the GPU of this machine",
            "install a torch build that fits the driver, or set FACTLOOM_EXTRACTOR__DEVICE=cpu",
        )
    return ok("GPU", "none; the CPU does the work")


def checkpoint_check(models: Models) -> Check:
    """Check that the checkpoint that serves can be loaded."""
    from extractor.checkpoint import Checkpoint

    try:
        checkpoint = Checkpoint.from_pretrained(models.champion())
    except (ChampionRejected, CheckpointRejected) as error:
        remedy = "set FACTLOOM_EXTRACTOR__CHECKPOINT to a checkpoint's folder, or train one"
        return fail("checkpoint", str(error), remedy)
    seen = len(checkpoint.record.relation_titles)
    relations = f"{len(checkpoint.relations.ids)} relations"
    return ok("checkpoint", f"{checkpoint.name}, {relations}, trained on {seen} documents")


def disk_check(home: Path) -> Check:
    """Check that the home folder can be written and has room."""
    existing = next(
        folder for folder in (home.resolve(), *home.resolve().parents) if folder.exists()
    )
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        remedy = "give yourself write access, or set FACTLOOM_HOME to another folder"
        return fail("disk", f"{existing} is not a folder that can be written", remedy)
    free = shutil.disk_usage(existing).free
    detail = f"{free / GIB:.1f} GiB free for {home}"
    remedy = "free some space, or set FACTLOOM_HOME to a folder on another disk"
    if free < LEAST_FREE:
        return fail("disk", detail, remedy)
    return warn("disk", detail, remedy) if free < SCARCE else ok("disk", detail)


def privacy_check(*folders: Path) -> Check:
    """Check that nobody else may read what folders of ours hold; what is made now is private."""
    opened = [folder for folder in dict.fromkeys(folders) if _is_open(folder)]
    exposed = [each for folder in opened for each in sorted(folder.iterdir()) if _is_open(each)]
    if not exposed:
        return ok("privacy", "texts and names are for this user alone")
    listed = " ".join(shlex.quote(str(each)) for each in exposed)
    return warn("privacy", f"other users may read {listed}", f"chmod -R go-rwx {listed}")


def _is_open(path: Path) -> bool:
    """Return whether others than its owner may look into a file or folder."""
    return path.exists() and not path.is_symlink() and bool(path.stat().st_mode & 0o044)


def _of_an_extra(requirement: Requirement) -> bool:
    return requirement.marker is not None and not requirement.marker.evaluate({"extra": ""})


def _mismatch(requirement: Requirement) -> str:
    """Return what is wrong with an installed package, '' for nothing."""
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        return f"{requirement.name} is not installed"
    if requirement.specifier.contains(installed, prereleases=True):
        return ""
    return f"{requirement.name} {installed} does not fit {requirement.specifier}"
