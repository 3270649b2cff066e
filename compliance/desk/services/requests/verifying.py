"""Verifying who asks. It takes its time inside the deadlines; none of them waits for it."""

from django.db import transaction

from compliance.desk.domain.request_states import Step, running_require
from compliance.desk.domain.verification import Method, Verification, method_require
from compliance.desk.errors import IdentityNotAskedError, RequestStateError
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.requests.recording import Doer, request_lock, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock


def request_verify(*, request: PrivacyRequest, method: Method, by: Doer) -> PrivacyRequest:
    """Write down that identity is verified, and how.

    Raises:
        RequestStateError: The request is closed, or verified already.
        IdentityNotAskedError: For this kind nobody may be asked.
        VerificationMethodError: The method isn't enough for this request.
    """
    now = clock.now()
    with transaction.atomic():
        request = request_lock(request)
        _unverified_require(request)
        method_require(method, kind=request.asks, scope=request.how_much, authority=request.speaks_by)
        request.verification = Verification.VERIFIED.value
        request.verification_method, request.verified_at = method.value, now
        request.save(update_fields=["verification", "verification_method", "verified_at"])
        step_record(
            request,
            Step.VERIFIED,
            Action.PRIVACY_VERIFIED,
            by=by,
            now=now,
            note=request.verified_by,
            detail={"method": method.value},
        )
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


def _unverified_require(request: PrivacyRequest) -> None:
    running_require(request.stands)
    if request.asks.is_opt_out:
        raise IdentityNotAskedError
    if request.identity is Verification.VERIFIED:
        raise RequestStateError("Identity is verified already.")
