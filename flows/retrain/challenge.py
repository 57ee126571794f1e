"""The report of a challenge: what challenger and champion score, and what the gate says of it.

It lies in the challenger's folder as `retraining.json`, whether the challenger was promoted or not.
It holds names, counts and scores: never a sentence of a document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from extractor.calibration.comparison import Comparison
from extractor.files import whole_file
from flows.errors import ChampionRejected
from flows.retrain.gate import Figures, Rule, changes

FILE = "retraining.json"
UNDECIDED = "not decided"
RELATIONS_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """How a challenger compares with the champion on documents that neither has seen."""

    champion: Figures
    challenger: Figures
    difference: Comparison
    """The challenger's F1 minus the champion's, by document."""
    documents: int
    judged_pairs: int
    """Entity pairs of further documents that people judged and neither model saw."""
    rules: tuple[Rule, ...]
    gathered: Mapping[str, int]
    """What the challenger could learn from."""
    left_out: Mapping[str, int]
    at: str
    outcome: str = UNDECIDED
    """'promoted', 'refused by the gate', 'not approved by ...: ...', 'not decided'."""

    @property
    def decided(self) -> bool:
        """Whether the challenger serves, or was refused; else a person is to be asked."""
        return self.outcome != UNDECIDED

    @property
    def passed(self) -> bool:
        """Whether the gate lets the challenger serve."""
        return all(rule.passed for rule in self.rules)

    def save(self, folder: Path) -> None:
        """Write the report into a checkpoint's folder."""
        with whole_file(folder / FILE) as draft:
            draft.write_bytes(_JSON.dump_json(self, indent=1) + b"\n")

    @classmethod
    def load(cls, folder: Path) -> Challenge | None:
        """Return the report of a checkpoint; None for one that challenged nobody.

        Raises:
            ChampionRejected: the report is damaged.
        """
        try:
            return _JSON.validate_json((folder / FILE).read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise ChampionRejected(
                f"{folder / FILE} is damaged ({error.error_count()} problems): delete it, or "
                "compare the two with factloom evaluate"
            ) from error

    def markdown(self) -> str:
        """Return the report for people."""
        return "\n".join((*self._head(), "", *self._gate(), "", *self._learnt())) + "\n"

    def _head(self) -> Iterator[str]:
        yield f"# {self.challenger.name}: {self.outcome}"
        yield ""
        yield f"On {self.documents} held-out documents that neither has seen ({self.at}):"
        yield ""
        yield "| checkpoint | precision | recall | F1 | calibration error | mention F1 |"
        yield "|---|---:|---:|---:|---:|---:|"
        for each in (self.challenger, self.champion):
            figures = (each.precision, each.recall, each.f1, each.ece, each.mention_f1)
            yield f"| {each.name} | " + " | ".join(map(_number, figures)) + " |"

    def _gate(self) -> Iterator[str]:
        yield "| gate | | what it saw |"
        yield "|---|---|---|"
        for rule in self.rules:
            yield f"| {rule.name} | {'pass' if rule.passed else '**fail**'} | {rule.told} |"
        yield ""
        yield "| relation | gold triples | champion F1 | challenger F1 |"
        yield "|---|---:|---:|---:|"
        pairs = changes(self.champion.by_relation, self.challenger.by_relation)
        for relation, gold, before, after in islice(pairs, RELATIONS_SHOWN):
            yield f"| {relation} | {gold} | {before:.4f} | {after:.4f} |"

    def _learnt(self) -> Iterator[str]:
        yield "Learnt from, and left out:"
        yield ""
        for name, count in self.gathered.items():
            yield f"* {count} {name}"
        for why, count in self.left_out.items():
            yield f"* left out: {count} {why}"


_JSON = TypeAdapter(Challenge)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
