"""A line of the log names its run, batch and document, and tells of an error only what it may."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from corpus.errors import SourceRejected
from flows.logs import (
    CONFIG,
    JsonFormatter,
    NotTwice,
    OfARun,
    TextFormatter,
    WithIds,
    batch_of,
    run_of,
    summarised,
)

pytestmark = pytest.mark.slow

CANARY = "Ada Lovelace was born in London."
ROOT = Path(__file__).parents[3]
Logger = tuple[logging.Logger, "logging.StreamHandler[StringIO]"]


@pytest.fixture(params=[JsonFormatter, TextFormatter])
def either(request: pytest.FixtureRequest) -> logging.Formatter:
    formatter: logging.Formatter = request.param()
    return formatter


@pytest.fixture
def logger() -> Logger:
    handler = logging.StreamHandler(StringIO())
    handler.addFilter(WithIds())
    handler.setFormatter(JsonFormatter())
    own = logging.Logger("graph.writing.writer")
    own.addHandler(handler)
    return own, handler


def written(handler: logging.StreamHandler[StringIO]) -> str:
    return handler.stream.getvalue()


def test_a_line_of_json_names_run_batch_and_document(logger: Logger) -> None:
    own, handler = logger
    with run_of("a-run"), batch_of(7):
        own.warning("failed stage=%s", "write", extra={"document": "wiki:1"})
    own.warning("after")
    first, second = (json.loads(line) for line in written(handler).splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "WARNING",
        "logger": "graph.writing.writer",
        "message": "failed stage=write",
        "run": "a-run",
        "batch": 7,
        "document": "wiki:1",
    }
    assert second.keys() == {"time", "level", "logger", "message"}


def test_prefects_own_run_id_counts_first(logger: Logger) -> None:
    own, handler = logger
    with run_of("a-run"):
        own.warning("x", extra={"flow_run_id": "theirs"})
    assert json.loads(written(handler))["run"] == "theirs"


def test_an_error_is_told_without_its_message(logger: Logger, either: logging.Formatter) -> None:
    own, handler = logger
    handler.setFormatter(either)
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        own.exception("it failed: %r, %s", error, error)
    assert "ValueError at test_logs.py" in written(handler)
    assert "in test_an_error_is_told_without_its_message" in written(handler)
    assert "Lovelace" not in written(handler)


def test_an_error_of_ours_is_one_line_for_people(logger: Logger) -> None:
    own, handler = logger
    handler.setFormatter(TextFormatter())
    try:
        raise SourceRejected("notes.md: give a folder or .jsonl")
    except SourceRejected as error:
        own.exception("it failed: %r", error)
        own.exception("where it was raised")
    first, *rest = written(handler).splitlines()
    assert first == "it failed: notes.md: give a folder or .jsonl"
    assert rest[0] == "where it was raised"
    assert "in test_an_error_of_ours" in rest[1]


def test_a_line_break_does_not_begin_a_line_of_json(logger: Logger) -> None:
    own, handler = logger
    own.warning("one\n%s", '{"level": "forged"}\x1b[2J')
    [line] = written(handler).splitlines()
    assert json.loads(line)["level"] == "WARNING"
    assert "\x1b" not in line


def test_what_a_summary_tells_is_not_printed_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    of_a_document = logging.makeLogRecord({"msg": "skipped", "document": "wiki:1"})
    of_the_run = logging.makeLogRecord({"msg": "drift"})
    assert NotTwice().filter(of_a_document)
    with summarised():
        assert not NotTwice().filter(of_a_document)
        assert NotTwice().filter(of_the_run)
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER", "json")
    with summarised():
        assert NotTwice().filter(of_a_document)


def test_what_belongs_to_no_run_is_not_sent_to_prefect() -> None:
    record = logging.makeLogRecord({"msg": "x"})
    assert not OfARun().filter(record)
    with run_of("a-run"):
        assert OfARun().filter(record)
    assert record.flow_run_id == "a-run"  # type: ignore[attr-defined]


@pytest.mark.parametrize("form", ["text", "json"])
def test_prefect_takes_the_configuration(form: str, tmp_path: Path) -> None:
    code = (
        "import logging\n"
        "from prefect import flow\n"
        "logging.getLogger('corpus.elasticsearch.client').info('connected to %s', 'there')\n"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "PREFECT_LOGGING_CONFIG_PATH": str(CONFIG),
        "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": form,
        "PREFECT_HOME": str(tmp_path),
        "PREFECT_API_URL": "http://127.0.0.1:9/api",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    [line] = done.stderr.splitlines()
    if form == "json":
        assert json.loads(line)["message"] == "connected to there"
    else:
        assert "corpus.elasticsearch.client" in line
        assert line.endswith("connected to there")
