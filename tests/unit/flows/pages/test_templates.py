"""Templates: a value stays text, and one that is missing is an error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from flows.pages.templates import render_page

FOLDER = Path(__file__).parents[4] / "flows" / "pages" / "page"


def test_a_value_that_is_missing_is_no_empty_place() -> None:
    with pytest.raises(UndefinedError, match="undefined"):
        render_page("context.html")


def test_only_our_own_scripts_are_not_escaped() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.html")))
    assert re.findall(r"\w+ *\| *safe", text) == ["script|safe"]
    assert "autoescape" not in text
