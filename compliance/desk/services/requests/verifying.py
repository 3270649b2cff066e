"""Verifying who asks. It takes its time inside the deadlines; none of them waits for it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from compliance.desk.domain.request_states import Step, running_require
from compliance.desk.domain.subjects import SubjectKind
from compliance.desk.domain.verification import METHODS, Method, Verification, method_require
from compliance.desk.errors import IdentityNotAskedError, RequestStateError, VerificationMethodError
from compliance.desk.models import PrivacyRequest, PrivacyRequestSubject
from compliance.desk.services.requests.recording import Doer, request_lock, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock


def request_verify(
    *, request: PrivacyRequest, method: Method, proved: Iterable[PrivacyRequestSubject], by: Doer
) -> PrivacyRequest:
    """Write down that identity is verified, how, and which identifiers that proved; others may follow.

    Args:
        request: Which.
        method: How.
        proved: What of what the request names is theirs for certain. Nothing else is looked for.
        by: Who verified it.

    Raises:
        RequestStateError: The request is closed, or all that it names is proved already.
        IdentityNotAskedError: For this kind nobody may be asked.
        VerificationMethodError: The method isn't enough for this request, or proves nothing of it.
    """
    now = clock.now()
    with transaction.atomic():
        request = request_lock(request)
        _unproved_require(request)
        method_require(method, kind=request.asks, scope=request.how_much, authority=request.speaks_by)
        rows = _proved(request, method, proved)
        if request.identity is not Verification.VERIFIED:
            request.verification = Verification.VERIFIED.value
            request.verification_method, request.verified_at = method.value, now
            request.save(update_fields=["verification", "verification_method", "verified_at"])
        proof_record(request, method, rows, by=by, now=now)
    return request


def request_verification_fail(*, request: PrivacyRequest, by: Doer) -> PrivacyRequest:
    """Write down that an attempt to verify failed. Another may follow; the clock runs on.

    Raises:
        RequestStateError: The request is closed, or verified already.
        IdentityNotAskedError: For this kind nobody may be asked.
    """
    now = clock.now()
    with transaction.atomic():
        request = request_lock(request)
        _unverified_require(request)
        request.verification = Verification.FAILED.value
        request.save(update_fields=["verification"])
        step_record(request, Step.VERIFICATION_FAILED, Action.PRIVACY_VERIFICATION_FAILED, by=by, now=now)
    return request


def proof_record(
    request: PrivacyRequest,
    method: Method,
    proved: Iterable[PrivacyRequestSubject],
    *,
    by: Doer,
    now: datetime,
) -> None:
    """Put on record which identifiers a method has proved: their kinds only."""
    rows = list(proved)
    request.subjects.filter(pk__in=[row.pk for row in rows]).update(proved_by=method.value)
    kinds = ", ".join(row.words for row in rows)
    step_record(
        request,
        Step.VERIFIED,
        Action.PRIVACY_VERIFIED,
        by=by,
        now=now,
        note=": ".join(filter(None, (METHODS[method].words, kinds))),
        detail={"method": method.value, "proved": sorted(row.kind for row in rows)},
    )


def _proved(
    request: PrivacyRequest, method: Method, proved: Iterable[PrivacyRequestSubject]
) -> list[PrivacyRequestSubject]:
    """Read anew what is said to be proved.

    Raises:
        VerificationMethodError: It's nothing, though the request names something, or of another kind.
    """
    rows = list(request.subjects.filter(pk__in=[row.pk for row in proved], proved_by=""))
    if not rows and request.subjects.exists():
        raise VerificationMethodError("Say what of what they name is proved to be theirs.")
    if not all(SubjectKind(row.kind).is_proved_by(method) for row in rows):
        raise VerificationMethodError(
            "A device proves itself, an account its own address: nothing else that they name."
        )
    return rows


def _asked_require(request: PrivacyRequest) -> None:
    running_require(request.stands)
    if request.asks.is_opt_out:
        raise IdentityNotAskedError


def _unproved_require(request: PrivacyRequest) -> None:
    _asked_require(request)
    is_known = request.identity is Verification.VERIFIED
    if is_known and not request.subjects.filter(proved_by="").exists():
        raise RequestStateError("All that they name is proved already.")


def _unverified_require(request: PrivacyRequest) -> None:
    _asked_require(request)
    if request.identity is Verification.VERIFIED:
        raise RequestStateError("Identity is verified already.")
