"""Render `benchmarks/results` for people: all figures in docs/figures.md, twelve in the README.

`make figures`. What a figure means, and which go to the README, stands in `figures.toml`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from benchmarks.parts.report import RESULTS, ROOT, formatted

README = ROOT / "README.md"
PAGE = ROOT / "docs" / "figures.md"
MEANINGS = Path(__file__).parent / "figures.toml"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
CURRENT_SINCE = "2026-11-30"
"""Results of earlier days are marked as old: the code that they measured has changed since."""
DIRTY = "-dirty"
REFERENCE = re.compile(r"\{([\w.]+)\}")
"""In a text for the README: the value of another figure."""
HEAD = """\
# Figures

Every figure that the benchmarks measured, with its unit, its meaning, the command that measures it
again, and the commit and machine that it was measured on. `make figures` renders this page from
`benchmarks/results/`; write nothing here by hand. *Share* is a fraction of 1. Re-DocRED, DocRED,
linked-docred and CDR are published data sets.
"""
LEFT_OUT = "Left out, as the code that was measured had changes that no commit holds: {names}."
OLD = "**Old**: measured before {since}; the code has changed since."


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one benchmark measured, and where."""

    name: str
    command: str
    machine: str
    commit: str
    at: str
    figures: Mapping[str, float]

    @property
    def old(self) -> bool:
        """Tell whether the code has changed since."""
        return self.at < CURRENT_SINCE


class Meanings:
    """Unit and meaning of each figure.

    Args:
        path: a TOML file: by benchmark `about`, and `figures`: name or pattern -> unit, meaning.
    """

    def __init__(self, path: Path = MEANINGS) -> None:
        self._benchmarks: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        self.readme: list[dict[str, str]] = self._benchmarks.pop("readme", [])

    def about(self, benchmark: str) -> str:
        """Return what a benchmark asks.

        Raises:
            ValueError: the file does not say.
        """
        if benchmark not in self._benchmarks:
            raise ValueError(f"benchmarks/figures.toml has no [{benchmark}]")
        return str(self._benchmarks[benchmark]["about"])

    def of(self, benchmark: str, figure: str) -> tuple[str, str]:
        """Return a figure's unit and meaning; its own name goes before patterns, in their order.

        Raises:
            ValueError: the file does not say.
        """
        known: dict[str, tuple[str, str]] = self._benchmarks.get(benchmark, {}).get("figures", {})
        for pattern in (figure, *known):
            if pattern in known and fnmatchcase(figure, pattern):
                unit, meaning = known[pattern]
                return unit, meaning
        raise ValueError(f"benchmarks/figures.toml does not say what {benchmark}.{figure} means")


def read_results(folder: Path = RESULTS) -> list[Result]:
    """Return all results, by name."""
    paths = sorted(folder.glob("*.json"))
    return [Result(name=path.stem, **json.loads(path.read_text("utf-8"))) for path in paths]


def page(results: Sequence[Result], meanings: Meanings) -> str:
    """Return the page of all figures; results of code that no commit holds are only named."""
    dirty = [f"`{each.name}`" for each in results if each.commit.endswith(DIRTY)]
    notes = ["", LEFT_OUT.format(names=", ".join(dirty))] if dirty else []
    shown = (each for each in results if not each.commit.endswith(DIRTY))
    lines = [HEAD.rstrip(), *notes]
    for result in shown:
        lines += ["", *_section(result, meanings)]
    return "\n".join(lines) + "\n"


def _section(result: Result, meanings: Meanings) -> list[str]:
    old = ["", OLD.format(since=CURRENT_SINCE)] if result.old else []
    rows = [
        f"| {name} | {formatted(value)} | {' | '.join(meanings.of(result.name, name))} |"
        for name, value in result.figures.items()
    ]
    return [
        f"## {result.name}",
        "",
        meanings.about(result.name),
        *old,
        "",
        f"`{result.command}`, commit `{result.commit}`, {result.at[:10]}, {result.machine}.",
        "",
        "| figure | value | unit | meaning |",
        "|---|---:|---|---|",
        *rows,
    ]


def chosen(results: Sequence[Result], meanings: Meanings) -> str:
    """Return the README's table.

    Raises:
        ValueError: a figure that it wants is not measured, or not of a commit.
    """
    of_commits = [each for each in results if not each.commit.endswith(DIRTY)]
    values = {
        f"{result.name}.{figure}": _short(value, meanings.of(result.name, figure)[0])
        for result in of_commits
        for figure, value in result.figures.items()
    }
    by_name = {result.name: result for result in of_commits}
    lines = ["| figure | value | measured | what it means |", "|---|---:|---|---|"]
    for row in meanings.readme:
        wanted = {row["figure"], *REFERENCE.findall(row["means"])}
        if missing := wanted - values.keys():
            raise ValueError(f"no result of a commit has what the README shows: {sorted(missing)}")
        benchmark, _, figure = row["figure"].partition(".")
        unit, _ = meanings.of(benchmark, figure)
        value = values[row["figure"]] + ("" if unit in ("", "share") else f" {unit}")
        result = by_name[benchmark]
        day = f"{result.at[:10]}{', old' if result.old else ''}"
        means = REFERENCE.sub(lambda found: values[found[1]], row["means"])
        lines.append(
            f"| [{row['name']}](docs/figures.md#{benchmark}) | {value} | {day} | {means} |"
        )
    return "\n".join(lines)


def _short(value: float, unit: str) -> str:
    """Return a figure with three significant digits; whole numbers whole, shares in percent."""
    if unit == "share":
        return f"{100 * value:.3g} %"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.3g}"


def with_figures(text: str, figures: str) -> str:
    """Return the text with the table between its two markers.

    Raises:
        ValueError: the text has not exactly one pair of markers.
    """
    if (text.count(BEGIN), text.count(END)) != (1, 1) or text.index(BEGIN) > text.index(END):
        raise ValueError(f"the README needs the lines {BEGIN} and {END} once, in this order")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"


def main() -> None:
    """Write the page, and the README's table."""
    results, meanings = read_results(), Meanings()
    PAGE.write_text(page(results, meanings), encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    README.write_text(with_figures(text, chosen(results, meanings)), encoding="utf-8")


if __name__ == "__main__":
    main()
