"""Legal holds: each was placed, and lifted, as an event of the log says. Else held contents go unseen."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.domain.verification import Check, Findings
from compliance.ledger.models import AuditEvent, AuditLeaf, LegalHold


class _Said(NamedTuple):
    """That a hold was placed or lifted: by an event, or by its row."""

    action: Action
    hold: str
    app_id: str
    at: datetime


def legal_holds_check(findings: Findings) -> None:
    """Compare the holds with the log; what is placed or lifted meanwhile is in what is read later."""
    before = _events()
    rows = {said for hold in LegalHold.objects.all() for said in _rows(hold)}
    after = _events()
    for said in sorted(rows - after.keys()):
        what = "placed" if said.action is Action.HOLD_PLACED else "lifted"
        findings.add(Check.HOLD, f"Legal hold {said.hold} is {what}, and no event says so.")
    for said in sorted(before.keys() - rows):
        number = before[said]
        place = AuditLeaf.objects.filter(number=number).values_list("sequence", flat=True).first()
        findings.add(
            Check.HOLD, f"Event {number} is about legal hold {said.hold}, which says otherwise.", place
        )


def _events() -> dict[_Said, int]:
    actions = (Action.HOLD_PLACED, Action.HOLD_LIFTED)
    events = AuditEvent.objects.filter(
        action__in=[each.value for each in actions], outcome=Outcome.DONE.value, object_type="legal_hold"
    )
    told = events.order_by("number").values_list("number", "action", "object_id", "app_id", "at")
    return {_Said(Action(action), hold, app_id, at): number for number, action, hold, app_id, at in told}


def _rows(hold: LegalHold) -> Iterator[_Said]:
    yield _Said(Action.HOLD_PLACED, str(hold.pk), hold.app_id, hold.placed_at)
    if hold.lifted_at is not None:
        yield _Said(Action.HOLD_LIFTED, str(hold.pk), hold.app_id, hold.lifted_at)
