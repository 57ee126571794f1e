"""The one door to Elasticsearch: servers 8 and 9, spoken to by client 8.

Every call goes through `Elastic.call`. It waits and tries again where the service may recover (the
client's own retries do not wait after a 429, 502, 503 or 504), and turns each of the client's
errors into one of ours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from elastic_transport import ApiError, ConnectionError, ConnectionTimeout, TlsError, TransportError
from elasticsearch import Elasticsearch
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    sleep_using_event,
    stop_after_attempt,
    stop_any,
    stop_when_event_set,
    wait_exponential,
    wait_random,
)
from tenacity.stop import stop_base

from corpus.elasticsearch.errors import BUSY, own_error, point_in_time_lost, too_large
from corpus.errors import AnswerTooLarge, CorpusError, SourceRejected, SourceUnavailable

log = logging.getLogger(__name__)
# It calls a node failed also for answers of a healthy one. There is but one node, which is asked
# again whatever it says, and `Elastic` tells of what really fails.
logging.getLogger("elastic_transport.node_pool").setLevel(logging.ERROR)

ATTEMPTS = 9
"""With the waits between them, some two minutes: a node restarts, a proxy is rolled out."""
ATTEMPTS_TO_CONNECT = 6
"""Some fifteen seconds: nobody wants to wait longer for an address that is wrong."""
LONGEST_WAIT_SECONDS = 60.0
SUPPORTED_MAJORS = ("8", "9")

_Answer = TypeVar("_Answer")


class Elastic:
    """A client together with how it retries and fails.

    Args:
        client: A client that does not retry by itself.
        address: What error messages call the server.
        attempts: How often one call is tried.
        first_wait_seconds: Wait before the second attempt; it doubles, up to a minute.
    """

    def __init__(
        self,
        client: Elasticsearch,
        *,
        address: str,
        attempts: int = ATTEMPTS,
        first_wait_seconds: float = 0.5,
    ) -> None:
        self._client = client
        self._address = address
        self._backoff = wait_exponential(
            multiplier=first_wait_seconds, max=LONGEST_WAIT_SECONDS
        ) + wait_random(0, first_wait_seconds)
        self._stop: stop_base = stop_after_attempt(attempts)
        self._retrying = Retrying(
            stop=self._stop,
            wait=self._wait,
            retry=retry_if_exception(_may_recover),
            before_sleep=self._tell,
            reraise=True,
        )

    def call(
        self,
        operation: Callable[[Elasticsearch], _Answer],
        *,
        attempts_if_too_large: int | None = None,
    ) -> _Answer:
        """Return what the operation returns.

        The operation may run several times: also when it raises `SourceUnavailable` itself,
        having found in an answer that the server could do only a part.

        Args:
            operation: What to do.
            attempts_if_too_large: For what can be asked for in parts: how often it is tried whole
                where the server says that this is too much.

        Raises:
            AnswerTooLarge: Less must be asked for; only where the attempts for that are given.
            SourceUnavailable: The server did not answer properly, also after waiting.
            PointInTimeLost: The operation names a point in time that is gone.
            SourceRejected: The request, its credentials or the server itself will not do.
        """
        with _own_errors(self._address):
            if attempts_if_too_large is None:
                return self._retrying(operation, self._client)
            stop = stop_any(self._stop, _StopIfTooLarge(attempts_if_too_large))
            try:
                return self._retrying.copy(stop=stop)(operation, self._client)
            except (ApiError, TransportError) as error:
                if not too_large(error):
                    raise
                raise AnswerTooLarge(str(own_error(error, self._address))) from error

    def until(self, stop: Event) -> Elastic:
        """Return the same server for a thread that must end soon when `stop` is set."""
        stoppable = copy(self)
        stoppable._stop = stop_any(self._stop, stop_when_event_set(stop))
        stoppable._retrying = self._retrying.copy(
            stop=stoppable._stop, sleep=sleep_using_event(stop)
        )
        return stoppable

    def version(self) -> str:
        """Return the server's version, empty where the credentials may not ask for it.

        Raises:
            SourceUnavailable: The server did not answer properly, also after waiting.
            SourceRejected: The credentials are wrong, or this is no Elasticsearch 8 or 9.
        """
        number = self.call(_root_version) or self.call(_nodes_version)
        if number and number.split(".")[0] not in SUPPORTED_MAJORS:
            raise SourceRejected(
                f"{self._address} runs Elasticsearch {number}: Factloom needs version 8 or 9"
            )
        return number

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = _retry_after(error) if isinstance(error, ApiError) else None
        return self._backoff(state) if asked is None else min(asked, LONGEST_WAIT_SECONDS)

    def _tell(self, state: RetryCallState) -> None:
        seconds = state.next_action.sleep if state.next_action else 0.0
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, ApiError | TransportError):
            error = own_error(error, self._address)
        log.warning("%s: %s; trying again in %.1f s", self._address, error, seconds)


def connect(
    *,
    url: str,
    api_key: str | None = None,
    username: str | None = None,
    password: str | None = None,
    ca_certs: Path | None = None,
    request_timeout_seconds: float = 60.0,
    attempts: int = ATTEMPTS,
) -> Elastic:
    """Connect to a server and see that its version will do.

    Certificates are always verified; `ca_certs` is the authority of a server with its own.

    Raises:
        SourceUnavailable: The server does not answer.
        SourceRejected: The address, the credentials, the certificate or the version will not do.
    """
    options: dict[str, Any] = {"request_timeout": request_timeout_seconds}
    if api_key is not None:
        options["api_key"] = api_key
    elif username is not None and password is not None:
        options["basic_auth"] = (username, password)
    if ca_certs is not None:
        options["ca_certs"] = str(ca_certs)
    if "@" in url:
        raise SourceRejected("the address of Elasticsearch holds credentials: set them apart")
    if not url.startswith(("http://", "https://")):
        raise SourceRejected(f"{url!r} is no http(s) address of Elasticsearch: correct the address")
    if ca_certs is not None and not ca_certs.is_file():
        raise SourceRejected(f"no file {ca_certs}: correct ca_certs")
    try:
        client = Elasticsearch(url, max_retries=0, retry_on_timeout=False, **options)
    except (ValueError, OSError) as error:
        raise SourceRejected(f"{url}: {error}; correct the address or ca_certs") from error
    server = Elastic(client, address=url, attempts=min(attempts, ATTEMPTS_TO_CONNECT))
    try:
        log.info("%s runs Elasticsearch %s", url, server.version() or "of a hidden version")
    except CorpusError:
        server.close()
        raise
    return Elastic(client, address=url, attempts=attempts)


def _root_version(client: Elasticsearch) -> str:
    try:
        return str(client.info()["version"]["number"])
    except ApiError as error:
        if error.meta.status in (403, 404, 405):
            return ""
        raise


def _nodes_version(client: Elasticsearch) -> str:
    try:
        nodes = client.nodes.info(filter_path="nodes.*.version").get("nodes", {})
    except ApiError as error:
        if error.meta.status in (403, 404, 405):
            return ""
        raise
    return min((str(node["version"]) for node in nodes.values()), default="")


def _may_recover(error: BaseException) -> bool:
    if isinstance(error, ApiError):
        return error.meta.status in BUSY and not point_in_time_lost(error)
    if isinstance(error, TlsError):
        return False
    return isinstance(error, ConnectionError | ConnectionTimeout | SourceUnavailable)


class _StopIfTooLarge(stop_base):
    def __init__(self, attempts: int) -> None:
        self._attempts = attempts

    def __call__(self, retry_state: RetryCallState) -> bool:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asks_too_much = isinstance(error, AnswerTooLarge) or (error and too_large(error))
        return bool(asks_too_much) and retry_state.attempt_number >= self._attempts


def _retry_after(error: ApiError) -> float | None:
    """Return the seconds that the server asks to wait, None if it does not say."""
    asked = error.meta.headers.get("retry-after") or ""
    try:
        if asked.isdecimal():
            return float(asked)
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


@contextmanager
def _own_errors(address: str) -> Iterator[None]:
    try:
        yield
    except (ApiError, TransportError) as error:
        raise own_error(error, address) from error
