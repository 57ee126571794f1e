"""What a profile changes of the defaults of the settings."""

from __future__ import annotations

from typing import Any

from pydantic_settings import PydanticBaseSettingsSource

PRODUCTION: dict[str, dict[str, str]] = {
    "source": {"kind": "elasticsearch"},
    "entities": {"kind": "elasticsearch"},
    "graph": {"kind": "neo4j"},
}
"""What the production profile changes of the defaults."""


class ProfileDefaults(PydanticBaseSettingsSource):
    """The last source: what the profile that the others chose changes of the defaults."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Return the profile's default of one field."""
        return self().get(field_name), field_name, True

    def __call__(self) -> dict[str, Any]:
        """Return the profile's defaults; empty for the local profile."""
        return PRODUCTION if self.current_state.get("profile") == "production" else {}
