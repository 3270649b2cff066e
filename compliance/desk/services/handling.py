"""What an officer has done for a request: the dry run and the erasure. The package is in package_taking.

Whoever asks is found by what the request itself names, as far as it was proved to be theirs. An id of a
device is looked for in the app that the request is about, or in all of them; a user name means something
within one app only, so without an app it isn't looked for.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.policy import PERSON_ERASE
from accounts.errors import StepUpRequiredError
from accounts.models import User
from accounts.services.activity import person_erasable_require
from accounts.services.authority import Authority, authority_use
from compliance.desk.backends.subject_key import subject_digest, subject_whole_digest
from compliance.desk.domain.request_states import Kind, Step, running_require
from compliance.desk.domain.subjects import Contact, SubjectKind
from compliance.desk.domain.verification import Method, Verification
from compliance.desk.errors import NotVerifiedError, RequestIncompleteError, RequestStateError
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.models.erasures import UNDER_WAY, ErasureState, StepKind
from compliance.desk.services.downstream import providers_tell
from compliance.desk.services.erasure import (
    Plan,
    erasure_plan,
    erasure_plan_record,
    erasure_resume,
    erasure_start,
    subject_widen,
)
from compliance.desk.services.erasure.holding import not_held_require
from compliance.desk.services.erasure.noting import erasure_note
from compliance.desk.services.requests.recording import Doer, request_lock
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Scoped, Subject
from updates.models import App
from updates.selectors.testers import device_is_anothers

_OWN: Final = "desk_"


@dataclass(frozen=True, slots=True)
class Answered:
    """What an erasure came to, as the answer to its request says it.

    Attributes:
        result: What was erased, in counts by the name of what holds it.
        sections: On which grounds something else stayed, such as `1798.105(d)(8)`.
        why: The reasons, in words.
    """

    result: dict[str, int]
    sections: tuple[str, ...]
    why: str


def subject_of(request: PrivacyRequest) -> Subject:
    """Say by what somebody is looked for: what their request names and was proved to be theirs.

    The key of a device proved that device, and nothing else that it says of itself.
    """
    contact = _proved_of(request)
    known = request.app_id
    apps = [known] if known else list(App.objects.order_by("pk").values_list("pk", flat=True))
    proofs = set(request.subjects.exclude(proved_by="").values_list("proved_by", flat=True))
    tester_ids = frozenset({int(contact.tester)} if contact.tester else ())
    return Subject(
        devices=frozenset(
            Scoped(app, device)
            for app in apps
            for device in contact.device_ids
            # Since a tester asked, their phone may have become another tester's.
            if not (tester_ids and device_is_anothers(app, device, tester_ids))
        ),
        tester_ids=tester_ids,
        emails=frozenset({contact.email.strip()} if contact.email.strip() else ()),
        custom_ids=frozenset({Scoped(known, contact.custom_id)} if known and contact.custom_id else ()),
        names=frozenset({contact.name} if contact.name else ()),
        is_exact=proofs == {Method.DEVICE.value},
    )


def _proved_of(request: PrivacyRequest) -> Contact:
    contact = request.contact_read()
    if request.asks.is_opt_out:
        return contact  # nobody may be asked for a proof, and nothing is told or erased by it
    proved = set(request.subjects.exclude(proved_by="").values_list("kind", "digest"))

    def kept(kind: SubjectKind, value: str) -> str:
        return value if value and (kind.value, subject_digest(kind, value)) in proved else ""

    return replace(
        contact,
        email=kept(SubjectKind.EMAIL, contact.email),
        device_ids=tuple(each for each in contact.device_ids if kept(SubjectKind.DEVICE, each)),
        custom_id=kept(SubjectKind.CUSTOM_ID, contact.custom_id),
        tester=kept(SubjectKind.TESTER, contact.tester),
    )


def kind_require(request: PrivacyRequest, kind: Kind) -> None:
    """Make sure that a request runs, asks for this, and is of whom it says.

    Raises:
        RequestStateError: It's closed, or asks for something else.
        NotVerifiedError: Identity has to be verified first.
    """
    running_require(request.stands)
    if request.asks is not kind:
        raise RequestStateError(f"The request isn't one to {kind.words}.")
    if request.identity is not Verification.VERIFIED:
        raise NotVerifiedError


def erasure_of(request: PrivacyRequest) -> ErasureRun | None:
    """Return the newest erasure for a request; one that was done again after a restore isn't it."""
    return ErasureRun.objects.filter(request=request.reference, is_replay=False).first()


def request_plan(*, request: PrivacyRequest, by: Doer) -> Plan:
    """Count what an erasure would take and leave; that somebody looked is on record.

    Raises:
        RequestStateError: It's closed, or asks for something else.
        NotVerifiedError: Identity has to be verified first.
        ErasureNobodyError: It names nothing by which anybody could be found.
    """
    kind_require(request, Kind.DELETE)
    plan = erasure_plan(subject_of(request), clock.now())
    with transaction.atomic():
        erasure_plan_record(plan=plan, request=request.reference, actor=by.actor)
        erasure_note(
            request.reference, Step.PLANNED, now=plan.at, person=by.person, note=f"{plan.goes} would go"
        )
    return plan


def erase_operation(*, request: PrivacyRequest, user: User) -> Operation:
    """Name what is confirmed: that this person has erased, for good, whom this request is about.

    Where that's a person of the console, it's another operation, which an administrator has to approve.
    Counts aren't in either: they move while a device reports. What leads to them is.

    Raises:
        ErasureNobodyError: Nothing is proved by which anybody could be found.
        PersonStateError: They are who has it done, or too few administrators or custodians would be left.
    """
    subject = subject_widen(subject_of(request))
    _person_require(subject, user)
    return _erase_operation(request, user, subject)


def person_erase_operation(*, request: PrivacyRequest) -> Operation:
    """Name the erasure of a person of the console.

    Raises:
        ErasureNobodyError: Nothing is proved by which anybody could be found.
        RequestStateError: It's closed, asks for something else, or is about nobody of the console.
        NotVerifiedError: Identity has to be verified first.
    """
    return _person_erase_operation(request, person_subject(request, Kind.DELETE))


def person_subject(request: PrivacyRequest, kind: Kind) -> Subject:
    """Say by what a person of the console is looked for, whom a request of this kind is about.

    Raises:
        ErasureNobodyError: Nothing is proved by which anybody could be found.
        RequestStateError: It's closed, asks for something else, or is about nobody of the console.
        NotVerifiedError: Identity has to be verified first.
    """
    kind_require(request, kind)
    subject = subject_widen(subject_of(request))
    if subject.person_id is None:
        raise RequestStateError("The request is about nobody of this console.")
    return subject


def _erase_operation(request: PrivacyRequest, user: User, subject: Subject) -> Operation:
    if subject.person_id is not None:
        return _person_erase_operation(request, subject)
    return Operation("compliance:request:erase", facts_bound(request, subject, person=user.pk))


def _person_erase_operation(request: PrivacyRequest, subject: Subject) -> Operation:
    return Operation(PERSON_ERASE, facts_bound(request, subject, person=subject.person_id))


def facts_bound(request: PrivacyRequest, subject: Subject, *, person: int | None) -> dict[str, Any]:
    """Bind a confirmation to a person (who confirms, or whom it's about) and to all that leads to whom."""
    return {"request": request.reference, "person": person, "who": subject_whole_digest(subject)}


def request_erase(*, request: PrivacyRequest, by: Doer, step_up: Authority | None = None) -> ErasureRun:
    """Begin to erase who asked; the worker does it.

    Args:
        request: What asks for it.
        by: Who has it done.
        step_up: Their confirmation (`erase_operation`), as it can't be undone. For a person of the console it
            is the request that an administrator approved.

    Raises:
        StepUpRequiredError: There is none that fits.
        ApprovalRequiredError: They are a person of the console, and nobody else has agreed.
        PersonStateError: They are who has it done, or too few administrators or custodians would be left.
        RequestStateError: It's closed, asks for something else, or is being done already.
        NotVerifiedError: Identity has to be verified first.
        ErasureNobodyError: It names nothing by which anybody could be found.
        LegalHoldError: A legal hold stands over them.
    """
    now = clock.now()
    with transaction.atomic():
        request = request_lock(request)
        kind_require(request, Kind.DELETE)
        run = erasure_of(request)
        if run is not None and run.state in UNDER_WAY:
            raise RequestStateError("An erasure for this request has begun already.")
        subject = subject_widen(subject_of(request))
        not_held_require(subject)
        _confirmed_require(request, subject, by, step_up)
        run = erasure_start(request.reference, subject, by.actor, now)
        erasure_note(request.reference, Step.ERASING, now=now, person=by.person)
    return run


def request_erasure_resume(*, request: PrivacyRequest, by: Doer) -> None:
    """Let an erasure that got stuck go on.

    Raises:
        RequestStateError: There's none.
    """
    now = clock.now()
    with transaction.atomic():
        run = erasure_of(request_lock(request))
        if run is None or run.state != ErasureState.STUCK:
            raise RequestStateError("No erasure of this request is stuck.")
        erasure_resume(run=run, actor=by.actor, now=now)
        erasure_note(request.reference, Step.ERASING, now=now, person=by.person, note="resumed")


def erasure_answer(run: ErasureRun) -> Answered:
    """Say what a finished erasure came to. What the desk keeps of the request itself is in every letter."""
    erased: Counter[str] = Counter()
    kept: dict[str, None] = {}
    why: dict[str, None] = {}
    for step in run.steps.filter(kind=StepKind.HOLDER):
        erased[step.name] += sum(step.erased.values())
        for each in step.kept:
            if each["count"] and not each["place"].startswith(_OWN):
                kept[each["section"]] = None
                why[f"{each['why']} Until: {each['until']}."] = None
    return Answered({name: count for name, count in erased.items() if count}, tuple(kept), " ".join(why))


def request_tell(*, request: PrivacyRequest, words: str, by: Doer) -> PrivacyRequest:
    """Pass a request on to the providers concerned, by what it names itself.

    An erasure tells them by itself, by all that it found; this is for what is done without one.

    Args:
        request: Which.
        words: What is to be corrected; for other kinds nothing.
        by: Who has it done.

    Raises:
        RequestStateError: It's closed, is being erased, or there's nobody to be told.
        NotVerifiedError: Identity has to be verified first.
        RequestIncompleteError: Nobody says what is to be corrected.
    """
    with transaction.atomic():
        request = request_lock(request)
        running_require(request.stands)
        if request.identity not in {Verification.VERIFIED, Verification.NOT_NEEDED}:
            raise NotVerifiedError
        run = erasure_of(request)
        if run is not None and run.state in UNDER_WAY:
            raise RequestStateError("The erasure for this request isn't finished; it tells them.")
        if (request.asks is Kind.CORRECT) != bool(words.strip()):
            raise RequestIncompleteError("Say what is to be corrected, and only of a correction.")
        if not providers_tell(request=request, subject=subject_of(request), by=by, words=words):
            raise RequestStateError("There is no provider who has to be told and isn't yet.")
    return request


def _person_require(subject: Subject, by: User) -> None:
    if subject.person_id is not None:
        person_erasable_require(person=User.objects.get(pk=subject.person_id), by=by)


def _confirmed_require(
    request: PrivacyRequest, subject: Subject, by: Doer, authority: Authority | None
) -> None:
    """Use up what lets somebody be erased.

    Raises:
        StepUpRequiredError: There's nothing that does, or it's of somebody else.
        AccountsError: It doesn't cover this, or a second person has to agree.
    """
    if authority is None or by.person is None:
        raise StepUpRequiredError
    _person_require(subject, by.person)
    user = authority_use(authority=authority, operation=_erase_operation(request, by.person, subject))
    if user.pk != by.person.pk:
        raise StepUpRequiredError
