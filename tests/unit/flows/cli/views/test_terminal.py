"""What comes from documents, files and the graph sends no commands to the terminal."""

from __future__ import annotations

import io

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from flows.cli.views import terminal as module
from flows.cli.views.explain import show_between
from flows.cli.views.terminal import Terminal, console, end, errors, shown
from graph.model.records import FoundEdge, FoundEntity, FoundEvidence

HOSTILE = (
    "\x1b[2J\x1b]0;title\x07\x1b]8;;https://evil.example\x1b\\click\x9b31m\r\x08\x00[red]x[/red]"
)


def terminal() -> Terminal:
    return Terminal(file=io.StringIO(), force_terminal=False, width=200)


def printed(terminal: Terminal) -> str:
    assert isinstance(terminal.file, io.StringIO)
    return terminal.file.getvalue()


def entity(identifier: str) -> FoundEntity:
    return FoundEntity(
        id=identifier,
        name=HOSTILE,
        type="PER",
        linked=False,
        link_confidence=0.0,
        aliases=(HOSTILE,),
        description=HOSTILE,
        documents=1,
    )


def test_an_edge_is_explained_without_the_commands_in_it() -> None:
    evidence = FoundEvidence(
        document=f"wiki:{HOSTILE}",
        title=HOSTILE,
        url=HOSTILE,
        margin=1.0,
        probability=0.7,
        link_confidence=0.6,
        sentences=(0,),
        pages=(3, 4),
        text=f"One {HOSTILE} sentence.",
        checkpoint=HOSTILE,
        head_names=(HOSTILE,),
        tail_names=("B",),
    )
    edge = FoundEdge(
        head="a",
        head_name=HOSTILE,
        relation="P19",
        type="PLACE_OF_BIRTH",
        tail="b",
        tail_name=HOSTILE,
        margin=1.0,
        probability=0.7,
        documents=1,
        checkpoint=HOSTILE,
        status="asserted",
        first_seen="2026-01-31T12:00:00Z",
        last_seen="2026-01-31T12:00:00Z",
        evidence=(evidence,),
    )
    output = terminal()
    show_between(output, entity("a"), entity("b"), [edge])
    assert "sentence." in printed(output)
    assert ", pages 3 and 4  margin 1.00" in printed(output)
    assert_harmless(printed(output))


def test_possible_edges_are_explained_where_they_are_asked_for() -> None:
    from tests.unit.flows.reports.samples import edge

    edges = [edge(), edge(relation="P20", type="PLACE_OF_DEATH", status="possible")]
    first, all_ = terminal(), terminal()
    show_between(first, entity("a"), entity("b"), edges)
    assert "PLACE_OF_DEATH" not in printed(first)
    assert "Only possible, and not shown: 1 (--possible)." in printed(first)
    show_between(all_, entity("a"), entity("b"), edges, possible=True)
    assert "PLACE_OF_DEATH  London  possible" in printed(all_)
    assert "not shown" not in printed(all_)


@pytest.mark.parametrize("wrap", [str, Text, Panel])
def test_no_way_of_printing_lets_a_command_through(wrap: type) -> None:
    output = terminal()
    output.print(wrap(HOSTILE), markup=False)
    table = Table()
    table.add_column(Text(HOSTILE))
    table.add_row(Text(HOSTILE))
    output.print(table)
    assert_harmless(printed(output))


def test_styles_of_our_own_still_show() -> None:
    coloured = Terminal(file=io.StringIO(), force_terminal=True, color_system="standard")
    coloured.print("plain", style="bold red")
    assert "\x1b[1;31m" in printed(coloured)


@given(st.text(max_size=40))
def test_only_control_characters_change(text: str) -> None:
    for before, after in zip(text, shown(text), strict=True):
        assert after == before or (after == "\ufffd" and not before.isprintable())


def test_the_command_line_prints_by_it() -> None:
    assert type(console) is type(errors) is Terminal


def assert_harmless(output: str) -> None:
    commands = {each for each in output if each not in "\n\t" and ord(each) < 32}
    assert commands == set()
    assert not any(0x7F <= ord(each) <= 0x9F for each in output)


def test_a_run_that_is_not_completed_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    said = terminal()
    monkeypatch.setattr(module, "errors", said)
    end("Completed", "")
    assert printed(said) == ""
    with pytest.raises(typer.Exit) as ended:
        end("Failed", "25% of the records failed, more than the 20% of [LIMIT]")
    assert ended.value.exit_code == 1
    told = "The run is failed: 25% of the records failed, more than the 20% of [LIMIT].\n"
    assert printed(said) == told
