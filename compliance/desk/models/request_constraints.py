"""What the database refuses of a privacy request, whoever writes it.

The numbers are those of `domain.clocks`. A deadline in business days depends on the operator's holidays, so
here it only has its bounds.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from django.db.models import BaseConstraint, CheckConstraint, F, Q
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThanOrEqual

from compliance.desk.domain.clocks import ANSWER_DAYS, EXTENDED_DAYS
from compliance.desk.domain.request_states import OPT_OUTS, Channel, Kind, Outcome, Scope, State
from compliance.desk.domain.verification import Authority, Method, Verification
from compliance.desk.models.days import DaysBetween

_OPT_OUT: Final = Q(kind__in=sorted(kind.value for kind in OPT_OUTS))
_RUNNING: Final = ~Q(state=State.CLOSED.value)


def _among(field: str, values: Iterable[StrEnum]) -> CheckConstraint:
    condition = Q(**{f"{field}__in": [value.value for value in values]})
    return CheckConstraint(condition=condition, name=f"desk_request_{field}_known")


def _checked(name: str, condition: Any) -> CheckConstraint:
    return CheckConstraint(condition=condition, name=f"desk_request_{name}")


def _since_receipt(field: str) -> DaysBetween:
    return DaysBetween(F(field), F("received_on"))


REQUEST_CONSTRAINTS: Final[list[BaseConstraint]] = [
    _among("kind", Kind),
    _among("scope", Scope),
    _among("channel", Channel),
    _among("state", State),
    _among("outcome", Outcome),
    _among("authority", Authority),
    _among("verification", Verification),
    _among("verification_method", Method),
    _checked("scope_of_know", Q(kind=Kind.KNOW.value) ^ Q(scope=Scope.NONE.value)),
    # Receipt: never after it was entered; before it only with a reason, or as the machine saw it.
    _checked("received_before_recorded", Q(received_at__lte=F("recorded_at"))),
    _checked("backdated_why", Q(received_at=F("recorded_at")) | ~Q(backdate_reason="")),
    # Acknowledgement: 10 business days are 12 calendar days at least, and holidays don't double them.
    _checked("ack_unless_opt_out", _OPT_OUT ^ Q(ack_due__isnull=False)),
    _checked(
        "ack_due_bounds",
        Q(GreaterThanOrEqual(_since_receipt("ack_due"), 12))
        & Q(LessThanOrEqual(_since_receipt("ack_due"), ANSWER_DAYS)),
    ),
    _checked("ack_after_receipt", Q(ack_sent_at__gte=F("received_at"))),
    # Answer: 45 days exactly; 15 business days are 19 calendar days at least.
    _checked("due", _OPT_OUT | Q(Exact(_since_receipt("due"), ANSWER_DAYS))),
    _checked(
        "opt_out_due_bounds",
        ~_OPT_OUT
        | (
            Q(GreaterThanOrEqual(_since_receipt("due"), 19))
            & Q(LessThanOrEqual(_since_receipt("due"), ANSWER_DAYS))
        ),
    ),
    # Extension: all of it or nothing of it; 90 days in all if notice was given within the first 45, and if it
    # turns out that it wasn't, since the request came earlier, no deadline of its own; not of opt-outs.
    _checked(
        "extension_whole",
        Q(extended_at__isnull=True, extended_on__isnull=True, extended_due__isnull=True, extension_reason="")
        | (Q(extended_at__isnull=False, extended_on__isnull=False) & ~Q(extension_reason="")),
    ),
    _checked(
        "extended_in_time",
        Q(extended_on__isnull=True)
        | Q(extended_due__isnull=False) & Q(LessThanOrEqual(_since_receipt("extended_on"), ANSWER_DAYS))
        | Q(extended_due__isnull=True) & Q(GreaterThan(_since_receipt("extended_on"), ANSWER_DAYS)),
    ),
    _checked("extended_after_receipt", Q(extended_at__gte=F("received_at"))),
    _checked("extended_due", Q(Exact(_since_receipt("extended_due"), EXTENDED_DAYS))),
    _checked("opt_out_not_extended", ~_OPT_OUT | Q(extended_at__isnull=True)),
    # Identity: nobody is asked who opts out; verified by something.
    _checked("opt_out_not_verified", _OPT_OUT ^ ~Q(verification=Verification.NOT_NEEDED.value)),
    _checked(
        "verified_how",
        Q(verification=Verification.VERIFIED.value, verified_at__isnull=False)
        & ~Q(verification_method=Method.NONE.value)
        | ~Q(verification=Verification.VERIFIED.value)
        & Q(verified_at__isnull=True, verification_method=Method.NONE.value),
    ),
    # End: all of it or nothing of it; what was refused has its section and says why.
    _checked(
        "closed_whole",
        (
            _RUNNING
            & Q(
                closed_at__isnull=True,
                closed_on__isnull=True,
                kept_until__isnull=True,
                outcome=Outcome.NONE.value,
            )
        )
        | (
            ~_RUNNING
            & Q(closed_at__isnull=False, closed_on__isnull=False, kept_until__isnull=False)
            & ~Q(outcome=Outcome.NONE.value)
        ),
    ),
    _checked("closed_after_receipt", Q(closed_at__gte=F("received_at"))),
    _checked(
        "refused_why",
        ~Q(outcome__in=[Outcome.PARTIAL.value, Outcome.DENIED.value])
        | (~Q(denial_bases="") & ~Q(explanation="")),
    ),
    _checked(
        "complied_verified",
        ~Q(outcome__in=[Outcome.COMPLETE.value, Outcome.PARTIAL.value])
        | Q(verification__in=[Verification.VERIFIED.value, Verification.NOT_NEEDED.value]),
    ),
    # 24 months are 730 days at least.
    _checked("kept_24_months", Q(GreaterThanOrEqual(DaysBetween(F("kept_until"), F("closed_on")), 730))),
    # A closed request is a reference and keyed hashes; a running one has somebody to answer to.
    _checked("closed_holds_nobody", _RUNNING | Q(sealed_contact="")),
]
