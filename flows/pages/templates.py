"""Templates in page/ -> HTML pages; the only file that knows Jinja, which escapes every value."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Controls and lone surrogates: what HTML or UTF-8 cannot hold."""
TEMPLATES = Environment(
    loader=PackageLoader("flows.pages", "page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_page(template: str, **values: object) -> str:
    """Return a template filled in; what HTML or UTF-8 cannot hold becomes U+FFFD."""
    return UNPRINTABLE.sub("\ufffd", TEMPLATES.get_template(template).render(values))
