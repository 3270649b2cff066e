"""Which buttons a request has now: what its state, its kind and the day still allow, the usual one first."""

from dataclasses import dataclass
from datetime import date

from compliance.desk.domain.clocks import ANSWER_DAYS
from compliance.desk.domain.request_states import Kind
from compliance.desk.domain.verification import Verification
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.models.erasures import UNDER_WAY, ErasureState


@dataclass(frozen=True, slots=True)
class NextStep:
    """A button.

    Attributes:
        name: As the address has it.
        words: On the button.
        is_usual: The one that most often comes next.
        is_seldom: Kept behind "More", so that the others are found at a glance.
    """

    name: str
    words: str
    is_usual: bool = False
    is_seldom: bool = False


def next_steps(
    asked: PrivacyRequest, *, today: date, run: ErasureRun | None, is_packaged: bool, untold: int
) -> list[NextStep]:
    """List what can be done to a request; nothing, once it's closed.

    Args:
        asked: Which.
        today: The operator's date.
        run: Its erasure, if there's one.
        is_packaged: Whether somebody took the package of what is held.
        untold: How many providers it goes on to that have no notice of it yet.
    """
    if asked.is_closed:
        return []
    stand = _Standing(asked, today, run, is_packaged, untold)
    return [step for is_offered, step in _offered(stand) if is_offered]


@dataclass(frozen=True, slots=True)
class _Standing:
    """How far a request is, as its buttons ask."""

    asked: PrivacyRequest
    today: date
    run: ErasureRun | None
    is_packaged: bool
    untold: int

    @property
    def acknowledges(self) -> bool:
        return self.asked.waits_for_ack

    @property
    def waits_for_identity(self) -> bool:
        return self.asked.identity in {Verification.PENDING, Verification.FAILED}

    @property
    def is_known(self) -> bool:
        return self.asked.identity is Verification.VERIFIED

    @property
    def proves_more(self) -> bool:
        return self.is_known and self.asked.subjects.filter(proved_by="").exists()

    @property
    def can_extend(self) -> bool:
        is_new = self.asked.extended_at is None and not self.asked.asks.is_opt_out
        return is_new and (self.today - self.asked.received_on).days <= ANSWER_DAYS

    @property
    def erases(self) -> bool:
        return self.asked.asks is Kind.DELETE and self.is_known

    @property
    def tells(self) -> bool:
        return self.asked.asks is Kind.KNOW and self.is_known

    @property
    def is_erased(self) -> bool:
        return self.run is not None and self.run.state == ErasureState.DONE

    @property
    def is_erasing(self) -> bool:
        return self.run is not None and self.run.state in UNDER_WAY

    @property
    def passes_on(self) -> bool:
        # An erasure tells them by itself; without one it's told of what the request names.
        return bool(self.untold) and not self.waits_for_identity and not self.is_erasing

    @property
    def waits_for_erasure(self) -> bool:
        return self.erases and not self.is_erased

    @property
    def is_done(self) -> bool:
        left = self.waits_for_erasure or (self.tells and not self.is_packaged) or self.untold
        return not self.acknowledges and not left


def _offered(at: _Standing) -> list[tuple[bool, NextStep]]:
    """List all buttons in their order, each with whether it's there."""
    later = not at.acknowledges
    erasure = NextStep(
        "erasure",
        "Erasure" if at.run else "Dry run of the erasure",
        is_usual=later and not at.is_erased,
    )
    package = NextStep("package", "Make the package", is_usual=later and not at.is_packaged)
    tell = NextStep("tell", "Tell the providers", is_usual=later and not at.waits_for_erasure)
    ends = not at.is_erasing
    return [
        (at.acknowledges, NextStep("acknowledge", "Acknowledge", is_usual=True)),
        (at.waits_for_identity, NextStep("verify", "Verify identity", is_usual=later)),
        (at.proves_more, NextStep("verify", "Verify more")),
        (at.waits_for_identity, NextStep("fail-verification", "Record a failed check", is_seldom=True)),
        (at.erases, erasure),
        (at.tells, package),
        (at.passes_on, tell),
        (not at.waits_for_identity and ends, NextStep("complete", "Send the answer", is_usual=at.is_done)),
        (at.can_extend, NextStep("extend", "Extend to 90 days", is_seldom=True)),
        (ends, NextStep("deny", "Deny")),
        (ends, NextStep("withdraw", "Record a withdrawal", is_seldom=True)),
        (True, NextStep("backdate", "Correct the date", is_seldom=True)),
    ]
