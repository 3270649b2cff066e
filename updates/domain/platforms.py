"""Platforms an app runs on."""

from enum import StrEnum
from typing import Final


class Platform(StrEnum):
    """What `platform` may say in a device's request."""

    ANDROID = "android"
    IOS = "ios"
    ELECTRON = "electron"


_WORDS: Final = {Platform.ANDROID: "Android", Platform.IOS: "iOS", Platform.ELECTRON: "Electron"}


def platform_words(platform: str) -> str:
    """Write a platform as its maker does; an unknown one stays as it is."""
    return _WORDS[Platform(platform)] if platform in _WORDS else platform
