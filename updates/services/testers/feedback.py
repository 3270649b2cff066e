"""What testers write to the app's team."""

from typing import Final

from django.db import transaction

from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.errors import InvalidValueError, TesterStateError
from updates.models import Tester, TesterFeedback
from updates.selectors.testers import feedback_is_open
from updates.services.testers.actors import tester_actor
from updates.services.testers.leaving import tester_lock

LONGEST: Final = 2000
LONGEST_VERSION: Final = 64


def feedback_send(*, tester: Tester, text: str, version: str) -> TesterFeedback:
    """Keep what a tester wrote about a version; empty is about none.

    Raises:
        InvalidValueError: Nothing was written, or too much.
        TesterStateError: No group of theirs takes feedback.
    """
    now = clock.now()
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise InvalidValueError(f"Write between 1 and {LONGEST} characters.")
    with transaction.atomic():
        tester = tester_lock(tester)
        if not feedback_is_open(tester=tester, now=now):
            raise TesterStateError("This beta takes no feedback.")
        feedback = TesterFeedback.objects.create(
            tester=tester, version=version[:LONGEST_VERSION], text=text, at=now
        )
        audit_record(
            action=Action.TESTER_FEEDBACK_SENT,
            actor=tester_actor(tester),
            now=now,
            app_id=tester.app_id,
            subject=("tester", str(tester.pk)),
            detail={"feedback": feedback.pk},
        )
    return feedback
