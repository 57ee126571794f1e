"""A real Elasticsearch behind a real TLS proxy that checks the Authorization header."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from corpus.elasticsearch.client import Elastic, connect
from corpus.errors import NotAllowed, SourceRejected
from flows.cli.certificates import new_authority
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import Reader, documents, ids, records
from tests.servers.tls_proxy import TlsProxy, basic, tls_proxy

pytestmark = pytest.mark.integration

KEY = "canary-key-VuaCfGcBCdbkQm"
USER, PASSWORD = "reader", "canary-password-5Yb1"


@pytest.fixture
def proxy(elasticsearch_url: str, tmp_path: Path) -> Iterator[TlsProxy]:
    with tls_proxy(elasticsearch_url, tmp_path, allowed=f"ApiKey {KEY}") as running:
        yield running


@pytest.fixture
def by_key(proxy: TlsProxy) -> Iterator[Elastic]:
    with closing(connect(url=proxy.url, api_key=KEY, ca_certs=proxy.ca_certs)) as server:
        yield server


@pytest.mark.parametrize("follow", ["numbers", "time", "full"])
def test_the_right_authority_and_key_read_everything(
    by_key: Elastic, fill: FillIndex, name: str, follow: str
) -> None:
    mappings = {"properties": {"updated_at": {"type": "date"}}}
    some = records(range(30), updated_at="2026-01-31T12:00:00Z")
    fill(name, some, shards=2, mappings=mappings)
    assert documents(Reader(by_key, name, follow=follow).read()) == ids(*range(30))


def test_a_user_with_a_password_is_let_in_too(proxy: TlsProxy) -> None:
    proxy.allowed = basic(USER, PASSWORD)
    with closing(
        connect(url=proxy.url, username=USER, password=PASSWORD, ca_certs=proxy.ca_certs)
    ) as server:
        assert server.version().split(".")[0] in ("8", "9")


@pytest.mark.parametrize(
    "credentials",
    [{}, {"api_key": f"{KEY}-wrong"}, {"username": USER, "password": PASSWORD}],
    ids=["none", "another key", "a password"],
)
def test_missing_or_wrong_credentials_are_refused_by_the_variables_name(
    proxy: TlsProxy, credentials: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(SourceRejected, match="FACTLOOM_ELASTICSEARCH__API_KEY") as caught:
        connect(url=proxy.url, ca_certs=proxy.ca_certs, **credentials)
    assert "refuses the credentials" in str(caught.value)
    assert_nothing_leaks(caught.value, caplog)


def test_a_key_that_lacks_a_privilege_is_told_so_by_the_variables_name(
    proxy: TlsProxy,
    by_key: Elastic,
    fill: FillIndex,
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    fill(name, records(range(3)))
    proxy.withheld.add(name)
    with pytest.raises(NotAllowed, match="FACTLOOM_ELASTICSEARCH__API_KEY") as caught:
        Reader(by_key, name).read()
    assert_nothing_leaks(caught.value, caplog)


def test_another_authority_is_refused_before_anything_is_sent(
    proxy: TlsProxy, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    other = tmp_path / "other.crt"
    other.write_bytes(new_authority("Test").certificate)
    for authority in (other, None):
        with pytest.raises(SourceRejected, match="FACTLOOM_ELASTICSEARCH__CA_CERTS") as caught:
            connect(url=proxy.url, api_key=KEY, ca_certs=authority)
        assert_nothing_leaks(caught.value, caplog)


def test_a_name_that_is_not_in_the_certificate_is_refused(proxy: TlsProxy) -> None:
    by_name = proxy.url.replace("127.0.0.1", "localhost")
    with pytest.raises(SourceRejected, match="FACTLOOM_ELASTICSEARCH__URL"):
        connect(url=by_name, api_key=KEY, ca_certs=proxy.ca_certs)


def test_an_authority_that_is_no_certificate_is_refused(proxy: TlsProxy, tmp_path: Path) -> None:
    empty = tmp_path / "empty.crt"
    empty.write_text("no certificate\n")
    with pytest.raises(SourceRejected, match="FACTLOOM_ELASTICSEARCH__CA_CERTS"):
        connect(url=proxy.url, api_key=KEY, ca_certs=empty)


def assert_nothing_leaks(error: BaseException | None, caplog: pytest.LogCaptureFixture) -> None:
    """Look for the credentials in an error, in all that caused it, and in the log."""
    while error is not None:
        assert "canary" not in f"{error} {error!r}"
        error = error.__cause__ or error.__context__
    assert "canary" not in caplog.text
