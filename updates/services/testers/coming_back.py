"""Who was erased and comes back by their own will: what leaves the suppression list for it is on record."""

from datetime import datetime

from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.personal_data import Identifier, suppression_current
from updates.models import Tester
from updates.services.testers.actors import tester_actor


def address_comes_back(*, tester: Tester, email: str, now: datetime) -> None:
    """Take the address off that a tester proved, having come by themselves."""
    _record(tester, suppression_current().lift({Identifier.email(email)}), now)


def device_comes_back(*, tester: Tester, device_id: str, now: datetime) -> None:
    """Take a phone off that was erased together with an address that its tester proved anew.

    A code proves whose it is, and no device: else a stranger's phone would come off the list by it.
    """
    device = Identifier.device(tester.app_id, device_id)
    _record(tester, suppression_current().lift_of_same({device}, Identifier.email(tester.email)), now)


def _record(tester: Tester, lifted: int, now: datetime) -> None:
    if lifted:
        audit_record(
            action=Action.SUPPRESSION_LIFTED,
            actor=tester_actor(tester),
            now=now,
            app_id=tester.app_id,
            subject=("tester", str(tester.pk)),
            detail={"identifiers": lifted},
        )
