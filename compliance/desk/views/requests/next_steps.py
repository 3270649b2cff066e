"""Which buttons a request has now: what its state, its kind and the day still allow, the usual one first."""

from dataclasses import dataclass
from datetime import date

from compliance.desk.domain.clocks import ANSWER_DAYS
from compliance.desk.domain.verification import Verification
from compliance.desk.models import PrivacyRequest


@dataclass(frozen=True, slots=True)
class NextStep:
    """A button.

    Attributes:
        name: As the address has it.
        words: On the button.
        is_usual: The one that most often comes next.
    """

    name: str
    words: str
    is_usual: bool = False


def next_steps(asked: PrivacyRequest, *, today: date) -> list[NextStep]:
    """List what can be done to a request; nothing, once it's closed."""
    if asked.is_closed:
        return []
    waits_for_identity = asked.identity in {Verification.PENDING, Verification.FAILED}
    can_extend = (
        not asked.asks.is_opt_out
        and asked.extended_at is None
        and (today - asked.received_on).days <= ANSWER_DAYS
    )
    acknowledges = asked.waits_for_ack
    offered = [
        (acknowledges, NextStep("acknowledge", "Acknowledge", is_usual=True)),
        (waits_for_identity, NextStep("verify", "Identity verified", is_usual=not acknowledges)),
        (waits_for_identity, NextStep("fail-verification", "Couldn't verify")),
        (not waits_for_identity, NextStep("complete", "Complied with", is_usual=not acknowledges)),
        (can_extend, NextStep("extend", "Extend to 90 days")),
        (True, NextStep("deny", "Deny")),
        (True, NextStep("withdraw", "Withdrawn")),
        (True, NextStep("backdate", "It came earlier")),
    ]
    return [step for is_offered, step in offered if is_offered]
