"""Privacy requests: how the operator counts days, and who answers."""

from datetime import date
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from releaseconsole import environment as env
from releaseconsole.settings.place import public


def days_parse(days: list[str]) -> frozenset[date]:
    """Read dates.

    Raises:
        ImproperlyConfigured: One isn't written as 2026-12-25.
    """
    try:
        return frozenset(map(date.fromisoformat, days))
    except ValueError as exc:
        raise ImproperlyConfigured(f"PRIVACY_HOLIDAYS takes days as 2026-12-25: {exc}.") from exc


def contact_parse(address: str) -> str:
    """Read an address of mail; none is none.

    Raises:
        ImproperlyConfigured: It isn't one.
    """
    try:
        if address:
            validate_email(address)
    except ValidationError as exc:
        raise ImproperlyConfigured(f"PRIVACY_CONTACT is no address of mail: {address!r}.") from exc
    return address


PRIVACY_TIME_ZONE = env.text(
    "PRIVACY_TIME_ZONE",
    "UTC",
    "Zone of the operator, whose midnight ends a day: of deadlines, reviews, duties.",
)
PRIVACY_HOLIDAYS = days_parse(
    env.words(
        "PRIVACY_HOLIDAYS",
        "",
        "Days that are no business days beside weekends: 2026-12-25, …; none is safest.",
    )
)
PRIVACY_FORMS_PER_HOUR = env.integer(
    "PRIVACY_FORMS_PER_HOUR",
    60,
    "Privacy requests that the public form takes from everybody an hour.",
    least=1,
)
PRIVACY_OPERATOR = env.text(
    "PRIVACY_OPERATOR",
    str(public.hostname),
    "Who answers privacy requests, as letters and the form name it.",
)
PRIVACY_CONTACT = contact_parse(
    env.text(
        "PRIVACY_CONTACT",
        "",
        "Mail address by which people reach who answers; letters about their requests ask for replies there.",
    )
)
if PRIVACY_TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"PRIVACY_TIME_ZONE is no time zone: {PRIVACY_TIME_ZONE!r}.")
