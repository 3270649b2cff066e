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
    """

    name: str
    words: str
    is_usual: bool = False


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
    waits_for_identity = asked.identity in {Verification.PENDING, Verification.FAILED}
    can_extend = (
        not asked.asks.is_opt_out
        and asked.extended_at is None
        and (today - asked.received_on).days <= ANSWER_DAYS
    )
    acknowledges = asked.waits_for_ack
    is_known = asked.identity is Verification.VERIFIED
    erases, tells = asked.asks is Kind.DELETE and is_known, asked.asks is Kind.KNOW and is_known
    proves_more = is_known and asked.subjects.filter(proved_by="").exists()
    is_erased = run is not None and run.state == ErasureState.DONE
    is_erasing = run is not None and run.state in UNDER_WAY
    is_done = not acknowledges and (not erases or is_erased) and (not tells or is_packaged) and not untold
    # An erasure tells them by itself; without one it's told of what the request names.
    passes_on = bool(untold) and not waits_for_identity and not is_erasing
    erasure_words = "Erasure" if run else "Dry run of the erasure"
    offered = [
        (acknowledges, NextStep("acknowledge", "Acknowledge", is_usual=True)),
        (waits_for_identity, NextStep("verify", "Verify identity", is_usual=not acknowledges)),
        (proves_more, NextStep("verify", "Verify more")),
        (waits_for_identity, NextStep("fail-verification", "Record a failed check")),
        (erases, NextStep("erasure", erasure_words, is_usual=not acknowledges and not is_erased)),
        (
            tells,
            NextStep("package", "Make the package", is_usual=not acknowledges and not is_packaged),
        ),
        (
            passes_on,
            NextStep("tell", "Tell the providers", is_usual=not acknowledges and (not erases or is_erased)),
        ),
        (
            not waits_for_identity and not is_erasing,
            NextStep("complete", "Send the answer", is_usual=is_done),
        ),
        (can_extend, NextStep("extend", "Extend to 90 days")),
        (not is_erasing, NextStep("deny", "Deny")),
        (not is_erasing, NextStep("withdraw", "Record a withdrawal")),
        (True, NextStep("backdate", "Correct the date")),
    ]
    return [step for is_offered, step in offered if is_offered]
