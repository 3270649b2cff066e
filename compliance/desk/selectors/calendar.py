"""How the operator of this console counts days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from compliance.desk.domain.clocks import BusinessCalendar


def calendar_current() -> BusinessCalendar:
    """Return the operator's zone and holidays."""
    return BusinessCalendar(ZoneInfo(settings.PRIVACY_TIME_ZONE), settings.PRIVACY_HOLIDAYS)


def today_at(now: datetime) -> date:
    """Return the operator's date at a moment."""
    return calendar_current().day_of(now)
