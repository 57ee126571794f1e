"""Where the page of an entity is written, and what it may overwrite."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.pages.view import default_path, free_path
from tests.unit.flows.pages.test_view_page import hostile_page


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Angela Merkel", "angela-merkel.html"),
        ("../../etc/passwd", "etc-passwd.html"),
        ("Éve", "eve.html"),
        ("-rf", "rf.html"),
        ("!?", "entity.html"),
        ("x" * 500, f"{'x' * 80}.html"),
    ],
)
def test_a_page_is_called_like_its_entity(name: str, path: str) -> None:
    assert default_path(name) == Path(path)


def test_only_an_older_page_is_overwritten_where_nobody_named_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert free_path("Ada") == Path("ada.html")
    Path("ada.html").write_text(hostile_page(), encoding="utf-8")
    assert free_path("Ada") == Path("ada.html")
    Path("ada.html").write_text("<html>mine</html>")
    with pytest.raises(FileExistsError, match=r"ada\.html is no page of ours.*--output"):
        free_path("Ada")
    Path("ada.html").unlink()
    Path("ada.html").mkdir()
    with pytest.raises(FileExistsError, match="is no page of ours"):
        free_path("Ada")
