"""Render the README's table of figures from `benchmarks/results`: `make figures`."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.report import RESULTS, ROOT, formatted

README = ROOT / "README.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


def table(results: Path = RESULTS) -> str:
    """Return the Markdown table of every figure, benchmarks in the order of their names."""
    lines = ["| benchmark | figure | value |", "|---|---|---:|"]
    for path in sorted(results.glob("*.json")):
        figures: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["figures"]
        link = f"[{path.stem}](benchmarks/results/{path.name})"
        lines += [f"| {link} | {key} | {formatted(value)} |" for key, value in figures.items()]
    return "\n".join(lines)


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
    """Write the table into the README."""
    text = README.read_text(encoding="utf-8")
    README.write_text(with_figures(text, table()), encoding="utf-8")


if __name__ == "__main__":
    main()
