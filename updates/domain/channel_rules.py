"""What a channel may be told to do by itself: values that its table holds."""

from enum import StrEnum


class UpdatePolicy(StrEnum):
    """Which differences between a bundle's version and the native version a live update may not bridge."""

    NONE = "none"  # all may be bridged
    MAJOR = "major"  # another major version needs the store
    MINOR = "minor"  # another major or minor version does
    PATCH = "patch"  # any difference does


class GuardAction(StrEnum):
    """What the guard does with a release that fails too often."""

    NONE = "none"
    NOTIFY = "notify"
    HALT = "halt"
    ROLL_BACK = "roll_back"
