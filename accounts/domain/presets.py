"""The three presets: sets of policies that the first administrator chooses from."""

from enum import StrEnum


class Preset(StrEnum):
    """How strictly the console starts out; each policy can be tightened later."""

    SOLO = "solo"
    TEAM = "team"
    REGULATED = "regulated"
