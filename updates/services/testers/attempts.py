"""How often strangers may try: pages, forms and codes by their network, letters by where they go."""

from enum import StrEnum
from typing import Final

from django.conf import settings
from django.utils.crypto import salted_hmac

from releaseconsole.redis_link import redis_client
from updates.backends.attempts import AttemptCounter
from updates.errors import TooManyAttemptsError

_MINUTE: Final = 60
_DAY: Final = 86_400
_LETTERS_A_DAY: Final = 3


class Attempt(StrEnum):
    """What is tried."""

    PAGE = "page"
    FORM = "form"
    CODE = "code"


def attempt_count(attempt: Attempt, network: str) -> None:
    """Count an attempt before anything is looked up for it.

    Raises:
        TooManyAttemptsError: There were too many from this network within a minute.
        AttemptsUncountedError: Nobody can tell; so it isn't let through.
    """
    most = settings.BETA_PAGES_PER_MINUTE if attempt is Attempt.PAGE else settings.BETA_ATTEMPTS_PER_MINUTE
    place = _place(attempt.value, network)
    number, seconds_left = AttemptCounter(redis_client()).count(place, window_seconds=_MINUTE)
    if number > most:
        raise TooManyAttemptsError(seconds_left)


def everybody_count(what: str, *, window_seconds: int) -> tuple[int, int]:
    """Count an attempt of anybody at all; returns how many that makes in this window, and its seconds to go.

    Raises:
        AttemptsUncountedError: Nobody can tell; so it isn't let through.
    """
    return AttemptCounter(redis_client()).count(_place(what, "everybody"), window_seconds=window_seconds)


def letter_has_room(address: str) -> bool:
    """Count a letter that a stranger asks for; say whether it may go there. An address gets three a day.

    Raises:
        AttemptsUncountedError: Nobody can tell; so none goes.
    """
    place = _place("letter", address)
    return AttemptCounter(redis_client()).count(place, window_seconds=_DAY)[0] <= _LETTERS_A_DAY


def _place(what: str, where: str) -> str:
    """Name a place by an HMAC: whoever reads Redis doesn't read addresses."""
    return f"{what}:{salted_hmac('updates.testers.attempts', where, algorithm='sha256').hexdigest()}"
