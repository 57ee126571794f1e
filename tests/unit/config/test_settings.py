"""Settings come from the environment, say what is wrong with it, and show no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import SettingsRejected
from config.settings import Settings, load_settings
from config.variables import settings_by_variable


@pytest.fixture(autouse=True)
def _no_dotenv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def set_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTLOOM_PROFILE", "production")
    monkeypatch.setenv("FACTLOOM_ELASTICSEARCH__INDEX", "articles")
    monkeypatch.setenv("FACTLOOM_GRAPH__PASSWORD", "hush-hush")


def problems() -> str:
    with pytest.raises(SettingsRejected) as caught:
        load_settings()
    assert caught.value.__cause__ is None or "hush" not in str(caught.value.__cause__)
    return str(caught.value)


def test_the_local_profile_needs_no_variable() -> None:
    settings = load_settings()
    assert (settings.source.kind, settings.entities.kind, settings.graph.kind) == (
        "files",
        "sqlite",
        "embedded",
    )


def test_the_production_profile_moves_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    set_production(monkeypatch)
    settings = load_settings()
    assert (settings.source.kind, settings.entities.kind, settings.graph.kind) == (
        "elasticsearch",
        "elasticsearch",
        "neo4j",
    )


def test_a_variable_beats_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    set_production(monkeypatch)
    monkeypatch.setenv("FACTLOOM_ENTITIES__KIND", "sqlite")
    settings = load_settings()
    assert settings.entities.kind == "sqlite"
    assert settings.graph.kind == "neo4j"


def test_the_profile_may_be_named_in_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "FACTLOOM_PROFILE=production\nFACTLOOM_ELASTICSEARCH__INDEX=articles\n"
        "FACTLOOM_GRAPH__PASSWORD=hush-hush\nPREFECT_LOGGING_LEVEL=INFO\n"
    )
    assert load_settings().graph.kind == "neo4j"


def test_the_environment_beats_dotenv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FACTLOOM_GRAPH__PORT=1111\nFACTLOOM_SOURCE__NAME=news\n")
    monkeypatch.setenv("FACTLOOM_GRAPH__PORT", "2222")
    settings = load_settings()
    assert (settings.graph.port, settings.source.name) == (2222, "news")


def test_nested_fields_and_json_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTLOOM_ELASTICSEARCH__FIELDS__TEXT", "body")
    monkeypatch.setenv("FACTLOOM_ELASTICSEARCH__QUERY", '{"term": {"lang": "en"}}')
    settings = load_settings()
    assert settings.elasticsearch.fields.text == "body"
    assert settings.elasticsearch.fields.title == "title"
    assert settings.elasticsearch.query == {"term": {"lang": "en"}}


def test_an_empty_variable_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTLOOM_GRAPH__PASSWORD", "")
    monkeypatch.setenv("FACTLOOM_GRAPH__PASSWORD_FILE", "")
    assert load_settings().graph.password is None


def test_a_secret_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hush-hush\n")
    monkeypatch.setenv("FACTLOOM_GRAPH__PASSWORD_FILE", str(tmp_path / "password"))
    password = load_settings().graph.password
    assert password is not None
    assert password.get_secret_value() == "hush-hush"


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), ("\n", "is empty"), (b"\xff", "not UTF-8")]
)
def test_a_secret_file_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | bytes | None, reason: str
) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.setenv("FACTLOOM_GRAPH__PASSWORD_FILE", str(path))
    message = problems()
    assert "FACTLOOM_GRAPH__PASSWORD_FILE" in message
    assert str(path) in message
    assert reason in message


def test_a_secret_given_twice_is_refused_even_across_dotenv(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("FACTLOOM_GRAPH__PASSWORD=hush-hush\n")
    monkeypatch.setenv("FACTLOOM_GRAPH__PASSWORD_FILE", "anywhere")
    message = problems()
    assert "FACTLOOM_GRAPH__PASSWORD and FACTLOOM_GRAPH__PASSWORD_FILE are both given" in message
    assert "hush" not in message


def test_only_secrets_may_come_from_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTLOOM_GRAPH__URI_FILE", "anywhere")
    assert "FACTLOOM_GRAPH__URI_FILE is no setting" in problems()


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("FACTLOOM_GRAPH__PASWORD", "FACTLOOM_GRAPH__PASSWORD"),
        ("FACTLOOM_PROFIL", "FACTLOOM_PROFILE"),
        ("FACTLOOM_GRAFH__URI", "FACTLOOM_GRAPH__URI"),
    ],
)
def test_a_misspelt_variable_is_refused_with_a_suggestion(
    monkeypatch: pytest.MonkeyPatch, variable: str, meant: str
) -> None:
    monkeypatch.setenv(variable, "hush-hush")
    message = problems()
    assert f"{variable} is no setting (did you mean {meant}?)" in message
    assert "hush" not in message


def test_every_wrong_value_is_listed_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTLOOM_GRAPH__PORT", "many")
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__DEVICE", "tpu")
    monkeypatch.setenv("FACTLOOM_RUN__MAX_FAILED_SHARE", "20")
    message = problems()
    assert "FACTLOOM_GRAPH__PORT: input should be a valid integer" in message
    assert "FACTLOOM_EXTRACTOR__DEVICE: input should be 'auto', 'cpu' or 'cuda'" in message
    assert "FACTLOOM_RUN__MAX_FAILED_SHARE: input should be less than or equal to 1" in message


def test_precision_and_batches_of_the_model_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = load_settings().extractor
    assert (chosen.precision, chosen.batch_tokens, chosen.batch_pairs) == ("fp32", 1024, 8192)
    for name, value in (("PRECISION", "bf16"), ("BATCH_TOKENS", "512"), ("BATCH_PAIRS", "99")):
        monkeypatch.setenv(f"FACTLOOM_EXTRACTOR__{name}", value)
    chosen = load_settings().extractor
    assert (chosen.precision, chosen.batch_tokens, chosen.batch_pairs) == ("bf16", 512, 99)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PRECISION", "int8", "input should be 'fp32', 'bf16' or 'fp16'"),
        ("BATCH_TOKENS", "0", "input should be greater than or equal to 1"),
        ("BATCH_PAIRS", "-1", "input should be greater than or equal to 1"),
        ("BATCH_WINDOWS", "16", "is no setting"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(f"FACTLOOM_EXTRACTOR__{name}", value)
    assert f"FACTLOOM_EXTRACTOR__{name}" in (message := problems())
    assert reason in message


def test_credentials_in_an_address_are_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FACTLOOM_ELASTICSEARCH__URL", "https://elastic:hush@127.0.0.1:9200")
    message = problems()
    assert "FACTLOOM_ELASTICSEARCH__URL" in message
    assert "hush" not in message


def test_neo4j_needs_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTLOOM_GRAPH__KIND", "neo4j")
    assert "FACTLOOM_GRAPH__PASSWORD" in problems()


def test_reading_elasticsearch_needs_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTLOOM_SOURCE__KIND", "elasticsearch")
    assert "FACTLOOM_ELASTICSEARCH__INDEX is empty" in problems()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (("API_KEY", "USERNAME", "PASSWORD"), "keep one of them"),
        (("USERNAME",), "give both or neither"),
        (("PASSWORD",), "give both or neither"),
    ],
)
def test_elasticsearch_takes_one_whole_credential(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], reason: str
) -> None:
    for name in given:
        monkeypatch.setenv(f"FACTLOOM_ELASTICSEARCH__{name}", "hush-hush")
    message = problems()
    assert reason in message
    assert "hush" not in message


def test_no_secret_shows_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    set_production(monkeypatch)
    monkeypatch.setenv("FACTLOOM_ELASTICSEARCH__API_KEY", "hush-key")
    settings = load_settings()
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "hush" not in shown


def test_every_setting_says_what_it_is_for() -> None:
    silent = [name for name, field in settings_by_variable(Settings) if not field.description]
    assert silent == []


@pytest.mark.parametrize("uri", ["bolt://graph:7687", "bolt+ssc://graph:7687"])
def test_an_authority_needs_an_address_that_verifies(
    monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    monkeypatch.setenv("FACTLOOM_GRAPH__CA_CERTS", "ca.crt")
    monkeypatch.setenv("FACTLOOM_GRAPH__URI", uri)
    assert "begin it with bolt+s://" in problems()
    monkeypatch.setenv("FACTLOOM_GRAPH__URI", "bolt+s://graph:7687")
    assert load_settings().graph.ca_certs == Path("ca.crt")
