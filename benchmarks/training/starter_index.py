"""Make the starter index that comes with Factloom: `models/starter-index/entities.jsonl.gz`.

Its entries are items of Wikidata (CC0), from a table with names, descriptions and classes, and one
of relations. What nothing tells the type of is left out, and so are common nouns, times and
numbers; the counts are printed.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.parts.report import ROOT, data_folder
from benchmarks.training.parts.starter.facts import Facts, Regions, stated_facts, with_described
from benchmarks.training.parts.starter.items import Item, Triple, read_items, read_triples
from benchmarks.training.parts.starter.names import CommonWords, kept_aliases, well_formed
from benchmarks.training.parts.starter.types import asked_types, type_of_item
from corpus.knowledge.countries import countries
from corpus.knowledge.wikidata_types import SKIPPED
from extractor.names import comparable_name
from extractor.schema import VALUE_TYPES

OUTPUT = ROOT / "models" / "starter-index" / "entities.jsonl.gz"
LONGEST_DESCRIPTION = 120
Typed = list[tuple[Item, str]]


def typed_items(
    items: Iterable[Item], triples: Sequence[Triple], common: CommonWords
) -> tuple[Typed, Counter[str]]:
    """Return the items that are entities with their types, and how many are left out and why."""
    asked = asked_types(triples)
    typed, left_out = [], Counter[str]()
    for item in items:
        type_ = type_of_item(item, asked)
        if reason := _left_out(item, type_, common):
            left_out[reason] += 1
        elif type_:
            typed.append((item, type_))
    return typed, left_out


def _left_out(item: Item, type_: str | None, common: CommonWords) -> str:
    """Return why an item is left out; empty where it is not."""
    if not well_formed(item.label):
        return "a common noun, or no name"
    if type_ is None:
        return "nothing tells its type"
    if type_ == SKIPPED or type_ in VALUE_TYPES:
        return "a page of Wikimedia, a name as such, a time or number"
    if type_ != "LOC" and common.hold(item.label):  # Reading and Nice stay
        return "a name that is a common word"
    if type_ == "PER" and " " not in item.label and not item.description:
        return "a single name of a person whom nothing describes"
    return ""


def entries(typed: Typed, degrees: Counter[str], facts: Facts, common: CommonWords) -> list[Any]:
    """Return the records of the file, the best known first."""
    demonyms = {each.id.partition(":")[2]: each.demonyms for each in countries()}
    taken = {
        comparable_name(demonym): place for place, names in demonyms.items() for demonym in names
    }
    records = []
    for item, type_ in typed:
        language = comparable_name(item.label) in taken and type_ == "MISC"
        aliases = kept_aliases(item, type_, common, {} if language else taken)
        name = f"{item.label} language" if language else item.label
        record = {
            "id": f"wikidata:{item.id}",
            "name": name,
            "type": type_,
            "aliases": sorted({*aliases, *demonyms.get(item.id, ())} - {name}),
            "description": item.description[:LONGEST_DESCRIPTION],
            "popularity": degrees[item.id],
            "facts": [[rel, f"wikidata:{value}"] for rel, value in sorted(facts.get(item.id, ()))],
        }
        records.append({key: value for key, value in record.items() if value})
    return sorted(records, key=lambda each: (-each.get("popularity", 0), each["id"]))


def main(data: Path) -> None:
    """Write the file and print what is in it."""
    items, triples = read_items(data / "wikidata"), list(read_triples(data / "wikidata"))
    common = CommonWords(data / "docred")
    typed, left_out = typed_items(items, triples, common)
    known = {item.id for item, _ in typed}
    degrees = Counter(end for head, _, tail in triples for end in (head, tail))
    places = {item.id: item for item, type_ in typed if type_ == "LOC"}
    facts = with_described(stated_facts(triples, known), places, Regions(items))
    records = entries(typed, degrees, facts, common)
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_bytes(gzip.compress(lines.encode(), mtime=0))
    print(f"{len(records)} entities, {OUTPUT.stat().st_size / 1e6:.2f} MB: {OUTPUT}")
    print(Counter(each["type"] for each in records), left_out)
    print(sum(len(each.get("aliases", ())) for each in records), "aliases")
    print(Counter(rel for each in records for rel, _ in each.get("facts", ())))


if __name__ == "__main__":
    main(data_folder(__doc__))
