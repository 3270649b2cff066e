"""Taking the package of what is held of somebody; that of a colleague takes two people (11 CCR 7024).

No more personal data leaves at once anywhere. An officer who had enough of a colleague could enter a request
in their name, and say that it's verified: so an administrator agrees, as to an erasure of them. What is
approved is that this officer may take it once; it's made when they do, and never kept.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.domain.approvals import ApprovalState
from accounts.domain.operations import Operation
from accounts.domain.policy import PERSON_PACKAGE
from accounts.errors import ApprovalRequiredError, StepUpRequiredError
from accounts.models import ApprovalRequest, User
from accounts.services.authority import Authority, authority_use
from compliance.desk.domain.request_states import Kind, Scope, Step
from compliance.desk.errors import RequestStateError
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.access_package import AccessPackage, access_package
from compliance.desk.services.erasure import subject_widen
from compliance.desk.services.handling import facts_bound, kind_require, person_subject, subject_of
from compliance.desk.services.requests.recording import Doer, request_lock, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Subject


def package_operation(*, request: PrivacyRequest, user: User) -> Operation:
    """Name what this officer confirms next: taking everything that is held of somebody.

    Of a person of the console it's asked for first; once that's approved, it's the taking itself.

    Raises:
        ErasureNobodyError: Nothing is proved by which anybody could be found.
    """
    subject = subject_widen(subject_of(request))
    if subject.person_id is not None and _approval_of(request, subject, user, clock.now()) is None:
        return _person_package_operation(request, subject)
    return _take_operation(request, subject, user)


def person_package_operation(*, request: PrivacyRequest) -> Operation:
    """Name the package of a person of the console, for somebody else to agree to.

    Raises:
        ErasureNobodyError: Nothing is proved by which anybody could be found.
        RequestStateError: It's closed, asks for something else, or is about nobody of the console.
        NotVerifiedError: Identity has to be verified first.
    """
    return _person_package_operation(request, person_subject(request, Kind.KNOW))


def package_allow(*, request: PrivacyRequest, authority: Authority) -> None:
    """Let who asked take the package of a person of the console, once.

    Raises:
        AccountsError: Nobody else has agreed, or to something else.
        RequestStateError: It's closed, or about nobody of the console any more.
    """
    with transaction.atomic():
        request = request_lock(request)
        authority_use(authority=authority, operation=person_package_operation(request=request))


def package_take(*, request: PrivacyRequest, by: Doer, step_up: Authority | None = None) -> AccessPackage:
    """Put together what is held of who asked, for an officer to hand on.

    Who asked for categories only isn't given the pieces: less was proved for that.

    Args:
        request: What asks for it.
        by: Who takes it.
        step_up: Their confirmation (`package_operation`).

    Raises:
        StepUpRequiredError: There is none that fits.
        ApprovalRequiredError: It's of a person of the console, and nobody else has agreed.
        RequestStateError: It's closed, asks for something else, or whom it's about has changed meanwhile.
        NotVerifiedError: Identity has to be verified first.
        ErasureNobodyError: It names nothing by which anybody could be found.
    """
    kind_require(request, Kind.KNOW)
    now = clock.now()
    is_short = request.how_much is not Scope.SPECIFIC
    subject = subject_widen(subject_of(request))
    package = access_package(subject, now, categories_only=is_short)
    with transaction.atomic():
        request = request_lock(request)
        kind_require(request, Kind.KNOW)
        if subject_widen(subject_of(request)) != subject:
            raise RequestStateError("Whom it is about has changed meanwhile; look again.")
        approver = _confirmed_require(request, subject, by, step_up, now)
        step_record(
            request,
            Step.PACKAGED,
            Action.PRIVACY_PACKAGE_TAKEN,
            by=by,
            now=now,
            note=f"{package.count} entries",
            detail={"entries": package.count, "categories": is_short, "approved_by": approver},
        )
    return package


def _take_operation(request: PrivacyRequest, subject: Subject, user: User) -> Operation:
    return Operation("compliance:request:take_package", facts_bound(request, subject, person=user.pk))


def _person_package_operation(request: PrivacyRequest, subject: Subject) -> Operation:
    return Operation(PERSON_PACKAGE, facts_bound(request, subject, person=subject.person_id))


def _confirmed_require(
    request: PrivacyRequest, subject: Subject, by: Doer, authority: Authority | None, now: datetime
) -> str:
    """Use up what lets a package be taken; return who agreed, where somebody has to.

    Raises:
        StepUpRequiredError: There's no confirmation, or it's somebody else's.
        ApprovalRequiredError: It's of a person of the console, and nobody else has agreed.
    """
    if authority is None or by.person is None:
        raise StepUpRequiredError
    approval = None
    if subject.person_id is not None:
        approval = _approval_of(request, subject, by.person, now)
        if approval is None:
            raise ApprovalRequiredError
    user = authority_use(authority=authority, operation=_take_operation(request, subject, by.person))
    if user.pk != by.person.pk:
        raise StepUpRequiredError
    return str(approval.decided_by_id) if approval else ""


def _approval_of(
    request: PrivacyRequest, subject: Subject, user: User, now: datetime
) -> ApprovalRequest | None:
    """Find what lets this officer take exactly this package: given lately, and not used since."""
    given = ApprovalRequest.objects.filter(
        operation=PERSON_PACKAGE,
        digest=_person_package_operation(request, subject).digest(),
        state=ApprovalState.EXECUTED.value,
        requested_by=user,
        decided_at__gt=now - timedelta(hours=settings.APPROVAL_HOURS),
    )
    approval = given.order_by("-decided_at").first()
    if approval is None:
        return None
    taken = request.steps.filter(step=Step.PACKAGED.value, at__gte=approval.decided_at)
    return None if taken.exists() else approval
