"""No tracked file holds a secret: no private key, no token, no password of more than an example."""

from __future__ import annotations

import math
import re
from collections import Counter

import pytest

from tests.unit.project.test_repository import tracked_texts

pytestmark = pytest.mark.slow

KNOWN = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b"  # Amazon
    r"|\bAIza[0-9A-Za-z_-]{35}\b"  # Google
    r"|\bgh[pousr]_[0-9A-Za-z]{36}\b|\bglpat-[0-9A-Za-z_-]{20}\b"  # code hosts
    r"|\bhf_[0-9A-Za-z]{30,}\b|\bpn[ub]_[0-9A-Za-z]{30,}\b|\bsk-[0-9A-Za-z_-]{20,}\b"  # services
    r"|\bxox[abprs]-[0-9A-Za-z-]{10,}\b"  # chat
    r"|\beyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}"  # JSON web token
)
ASSIGNED = re.compile(
    r"(?:password|passwd|secret|token|api_?key|auth_string)[\"']?\s*[:=]\s*[\"']?"
    r"([0-9A-Za-z+/_=-]{16,})",
    re.IGNORECASE,
)
RANDOM_BITS = 3.7
"""Bits a character from which a value looks random; words and paths stay below."""


def secrets_in(text: str) -> list[str]:
    """Return what looks like a secret."""
    values = [match[1] for match in ASSIGNED.finditer(text)]
    return [match[0] for match in KNOWN.finditer(text)] + [
        value for value in values if bits(value) > RANDOM_BITS and re.search(r"\d", value)
    ]


def bits(value: str) -> float:
    """Return the entropy of a value's characters, bits a character."""
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares)


def test_no_tracked_file_holds_a_secret() -> None:
    texts = tracked_texts()
    assert len(texts) > 100
    assert {path: found for path, text in texts if (found := secrets_in(text))} == {}


@pytest.mark.parametrize(
    "secret",  # in parts, so that this file does not hold them
    [
        "-----BEGIN EC " + "PRIVATE KEY-----",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 9,
        'PASSWORD="' + "qN7xV2-pLw8Tz4" + 'Rk9YbM3"',
        "FACTLOOM_ELASTICSEARCH__API_KEY" + "=VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAy",
        "api_key: " + "'hX3kP9vQ2mZ7wL5t'",
    ],
)
def test_a_secret_would_be_found(secret: str) -> None:
    assert secrets_in(f"before\n{secret}\nafter")


@pytest.mark.parametrize("folder", ["secrets/", ".env"])
def test_git_does_not_see_where_secrets_lie(folder: str) -> None:
    ignored = dict(tracked_texts())[".gitignore"].splitlines()
    assert folder in ignored
