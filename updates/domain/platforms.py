"""Platforms an app runs on."""

from enum import StrEnum


class Platform(StrEnum):
    """What `platform` may say in a device's request."""

    ANDROID = "android"
    IOS = "ios"
    ELECTRON = "electron"
