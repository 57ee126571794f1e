"""Real documents of many kinds, from where the machine has them."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sysconfig
import tomllib
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from extractor.schema import Document

LIST = Path(__file__).parents[1] / "texts" / "noise.toml"
DEBIAN = Path("/usr/share/doc")
LONGEST = 4_000
"""Characters of a document that are read: what follows repeats its kind."""
_OVERSTRUCK = re.compile(r".\x08")


def documents(data: Path) -> Iterator[Document]:
    """Yield the listed documents that this machine has, each with its kind as its source.

    Args:
        data: the folder of data sets.
    """
    for kind, places in tomllib.loads(LIST.read_text(encoding="utf-8")).items():
        for place, names in places.items():
            for name in names:
                text = _READERS[place](data, name)
                if text.strip():
                    yield Document(
                        id=f"{kind}:{place}/{name}",
                        source=kind,
                        title="",
                        text=text[:LONGEST],
                        updated_at="1970-01-01T00:00:00Z",
                    )


def _file(path: Path) -> str:
    """Return what a file holds; nothing where there is none."""
    if not path.is_file():
        return ""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return content.decode(errors="replace")


def _manual(_: Path, name: str) -> str:
    environment = {**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}
    try:
        page = subprocess.run(
            ["man", "--pager=cat", name], env=environment, capture_output=True, text=True
        )
    except OSError:
        return ""
    return _OVERSTRUCK.sub("", page.stdout)


def _of_package(_: Path, name: str) -> str:
    package, pattern = name.split(": ")
    try:
        files = metadata.files(package) or ()
    except metadata.PackageNotFoundError:
        return ""
    return next((_file(Path(each.locate())) for each in files if each.match(pattern)), "")


_READERS: dict[str, Callable[[Path, str], str]] = {
    "texts": lambda data, name: _file(data / "texts" / name),
    "debian": lambda _, name: _file(DEBIAN / name),
    "man": _manual,
    "stdlib": lambda _, name: _file(Path(sysconfig.get_path("stdlib")) / name),
    "package": _of_package,
}
