"""What apps, channels, platforms and devices may be called."""

import re
from collections.abc import Iterable
from typing import Final

from updates.domain.platforms import Platform
from updates.errors import InvalidValueError

APP_ID_MAX_LENGTH: Final = 155
# What Android's applicationId and iOS's bundle identifier both can be, give or take `_` and `-`.
_APP_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)+\Z")
# Lower case only, so that no two channels differ by case alone.
_CHANNEL_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
# As devices are known here. Old plugins report their id in capitals; whoever reads one lowers it first.
DEVICE_ID: Final = re.compile(r"[0-9a-z][0-9a-z._:-]{0,63}")


def app_id_check(text: str) -> str:
    """Return `text` if it's a reverse-domain app id.

    Raises:
        InvalidValueError: It isn't, or it's too long.
    """
    if len(text) > APP_ID_MAX_LENGTH or not _APP_ID.match(text):
        raise InvalidValueError(
            "An app id is a reverse domain name such as com.example.clinic: letters, digits, dashes and "
            f"underscores in at least two parts, {APP_ID_MAX_LENGTH} characters at most."
        )
    return text


def channel_name_check(text: str) -> str:
    """Return `text` if a channel may have this name.

    Raises:
        InvalidValueError: It may not.
    """
    if not _CHANNEL_NAME.match(text):
        raise InvalidValueError(
            "A channel's name is 1 to 64 lower-case letters, digits, dots, dashes and underscores, and "
            "begins with a letter or digit."
        )
    return text


def device_id_check(text: str) -> str:
    """Return the id as the device is known by it, if a device can have it.

    Raises:
        InvalidValueError: It can't.
    """
    device_id = text.lower()
    if not DEVICE_ID.fullmatch(device_id):
        raise InvalidValueError(
            "A device id is 1 to 64 letters, digits, dots, underscores, colons and dashes, and begins with a "
            "letter or digit."
        )
    return device_id


def platforms_check(platforms: Iterable[str], *, offered: Iterable[str] = tuple(Platform)) -> list[str]:
    """Return the platforms once each, in the order of `Platform`.

    Args:
        platforms: What was chosen.
        offered: What may be chosen: all there are, or those of an app.

    Raises:
        InvalidValueError: None was chosen, or one that isn't offered.
    """
    chosen, possible = set(platforms), set(offered)
    if not chosen:
        raise InvalidValueError("Choose at least one platform.")
    if foreign := sorted(chosen - possible):
        raise InvalidValueError(f"{foreign[0]!r} isn't a platform here; possible: {', '.join(possible)}.")
    return [platform.value for platform in Platform if platform in chosen]
