"""What can go wrong with the configuration.

    ConfigError
    └── SettingsRejected      the data: a variable is missing, wrong or unknown; each is named

None is transient: settings come from the environment and from files of this machine.
"""

from __future__ import annotations

from collections.abc import Sequence


class ConfigError(Exception):
    """Base of the configuration's errors."""


class SettingsRejected(ConfigError):
    """The settings cannot be used; each problem names the environment variable and the remedy."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("the settings cannot be used:\n" + "\n".join(f"  {p}" for p in problems))
        self.problems = tuple(problems)
