"""How many requests strangers may send in an hour, all together: no more than people can look at."""

from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.services.mail import letter_write
from compliance.desk.services.officers import people_in_charge
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.errors import TooManyAttemptsError
from updates.services.testers.attempts import everybody_count

_HOUR: Final = 3600


def public_room_require() -> None:
    """Count one request that nobody has vouched for.

    Raises:
        TooManyAttemptsError: No more are taken in this hour; who handles requests is told.
        AttemptsUncountedError: Nobody can tell, so nothing is taken.
    """
    most = settings.PRIVACY_FORMS_PER_HOUR
    number, seconds_left = everybody_count("privacy form", window_seconds=_HOUR)
    if number <= most:
        return
    if number == most + 1:
        _tell(most)
    raise TooManyAttemptsError(seconds_left)


def _tell(most: int) -> None:
    link = f"{settings.PUBLIC_URL}{reverse('desk:requests')}"
    with transaction.atomic():
        audit_record(action=Action.PRIVACY_FORM_FULL, actor=SYSTEM, now=clock.now(), detail={"most": most})
        for person in people_in_charge():
            letter_write(to=person, template="privacy_form_full", context={"most": most, "link": link})
