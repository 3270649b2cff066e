"""The demo's privacy requests: one in each state that the register knows, and an erasure with its receipt.

Each is made once, by the console's own services. Nobody in them is anybody. Needs Django to be set up.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from accounts.models import User
from compliance.desk.domain.denials import Basis
from compliance.desk.domain.intake import Intake
from compliance.desk.domain.request_states import Channel, Kind, Scope
from compliance.desk.domain.subjects import Contact
from compliance.desk.domain.verification import Authority, Method
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.models.erasures import ErasureState
from compliance.desk.services.handling import erase_operation, erasure_answer, request_erase, request_plan
from compliance.desk.services.requests import (
    request_acknowledge,
    request_complete,
    request_deny,
    request_extend,
    request_receive,
    request_verification_fail,
    request_verify,
    request_withdraw,
)
from compliance.desk.services.requests.recording import Doer
from compliance.desk.tasks import erasures_run
from compliance.ledger.domain.events import ANONYMOUS
from demo.beta import WARD_NURSES
from demo.confirming import confirmed, user_of
from demo.delivery import CLINIC
from demo.phone import Phone
from demo.record import Record
from demo.story import APPS
from releaseconsole.kernel import clock
from updates.domain.testers.notice import NOTICE_VERSION
from updates.models import TesterGroup
from updates.services.testers import device_enroll, invite_accept, invite_open, join_code_make, tester_invite

# A phone that the fleet never has: it reports nothing, so nothing of it comes again.
_ERASED_PHONE: Final = 9_001
_ERASED: Final = ("Lena Fischer", "lena.fischer@ward.example")
_LATE: Final = "It lay in the mailbox of the front desk until today."


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request to be, and how many days ago it came."""

    kind: Kind
    channel: Channel
    contact: Contact
    days: int = 0
    more: tuple[tuple[str, Any], ...] = ()


def privacy_begin(record: Record) -> None:
    """Make what isn't there yet; the erasure goes on in the worker."""
    officer = user_of(record, "compliance_officer")
    by = Doer(officer.actor, officer)
    if not PrivacyRequest.objects.exists():
        _running_make(by)
        _closed_make(by)
    if not ErasureRun.objects.exists():
        _erasure_begin(record, by)


def privacy_is_settled() -> bool:
    """Tell whether the worker has erased whom it should."""
    return not ErasureRun.objects.filter(state=ErasureState.RUNNING).exists()


def privacy_finish(record: Record) -> None:
    """Answer the request whose erasure is done."""
    officer = user_of(record, "compliance_officer")
    for run in ErasureRun.objects.filter(state=ErasureState.DONE, is_replay=False):
        request = PrivacyRequest.objects.get(reference=run.request)
        if request.is_closed:
            continue
        answer = erasure_answer(run)
        request_complete(request=request, by=Doer(officer.actor, officer), result=answer.result)


def _running_make(by: Doer) -> None:
    """One is new, one acknowledged, one at risk, one overdue, one extended, one to be done without asking."""
    _receive(
        by, _Asked(Kind.DELETE, Channel.FORM, Contact(name="Petra Novak", email="petra.novak@mail.example"))
    )
    contact = Contact(name="Samuel Ortiz", email="samuel.ortiz@mail.example")
    categories = (("scope", Scope.CATEGORIES),)
    request_acknowledge(request=_receive(by, _Asked(Kind.KNOW, Channel.MAIL, contact, 6, categories)), by=by)
    contact = Contact(name="Ingrid Dahl", phone="+1 415 555 0134", statement="My ward is another one by now.")
    at_risk = request_acknowledge(
        request=_receive(by, _Asked(Kind.CORRECT, Channel.PHONE, contact, 40)), by=by
    )
    request_verify(request=at_risk, method=Method.TWO_POINTS, proved=at_risk.subjects.all(), by=by)
    contact = Contact(name="Oluwaseun Bello", post="12 Harbor Street, Oakland, CA 94607")
    specific = (("scope", Scope.SPECIFIC),)
    request_acknowledge(request=_receive(by, _Asked(Kind.KNOW, Channel.LETTER, contact, 49, specific)), by=by)
    contact = Contact(
        name="Mei Tanaka",
        email="mei.tanaka@mail.example",
        agent_name="Calder & Wu LLP",
        agent_email="requests@calderwu.example",
        authority=Authority.SIGNED_PERMISSION,
    )
    extended = request_acknowledge(
        request=_receive(by, _Asked(Kind.DELETE, Channel.MAIL, contact, 38)), by=by
    )
    request_extend(
        request=extended, by=by, reason="The agent's permission has to be confirmed with the person first."
    )
    _receive(by, _Asked(Kind.LIMIT, Channel.PHONE, Contact(name="Farah Aziz", phone="+1 213 555 0177"), 3))


def _closed_make(by: Doer) -> None:
    """One was complied with, one in part, one denied, one withdrawn."""
    gpc = (("signals_gpc", True),)
    opted = _receive(by, _Asked(Kind.OPT_OUT, Channel.FORM, Contact(email="jo@mail.example"), 0, gpc))
    request_complete(request=opted, by=by)
    specific = (("scope", Scope.SPECIFIC),)
    contact = Contact(name="Nils Aalto", email="nils.aalto@mail.example")
    partly = request_acknowledge(
        request=_receive(by, _Asked(Kind.KNOW, Channel.MAIL, contact, 30, specific)), by=by
    )
    request_verify(request=partly, method=Method.THREE_POINTS, proved=partly.subjects.all(), by=by)
    request_complete(
        request=partly,
        by=by,
        bases=[Basis.HEALTH_DATA],
        explanation="What the clinic itself keeps of the treatment was left out.",
        otherwise="Handed over on paper.",
    )
    contact = Contact(name="K. Sommer", email="k.sommer@mail.example")
    denied = request_acknowledge(request=_receive(by, _Asked(Kind.DELETE, Channel.MAIL, contact, 21)), by=by)
    request_verification_fail(request=denied, by=by)
    request_deny(
        request=denied, by=by, bases=[Basis.NOT_VERIFIED], explanation="No data point matched what is held."
    )
    contact = Contact(name="Ada Byrne", phone="+1 650 555 0109")
    request_withdraw(request=_receive(by, _Asked(Kind.CORRECT, Channel.PHONE, contact, 12)), by=by)


def _receive(by: Doer, asked: _Asked) -> PrivacyRequest:
    is_late = asked.days > 0
    intake = Intake(
        kind=asked.kind,
        channel=asked.channel,
        contact=asked.contact,
        app_id=CLINIC,
        received_at=clock.now() - timedelta(days=asked.days) if is_late else None,
        backdate_reason=_LATE if is_late else "",
        **dict(asked.more),
    )
    return request_receive(intake=intake, by=by if is_late else Doer(ANONYMOUS))


def _erasure_begin(record: Record, by: Doer) -> None:
    """A tester leaves and wants to be forgotten; the officer counts, confirms, and has it done."""
    manager = user_of(record, "release_manager")
    _tester_take_part(manager)
    name, email = _ERASED
    request = _receive(by, _Asked(Kind.DELETE, Channel.FORM, Contact(name=name, email=email)))
    request = request_acknowledge(request=request, by=by)
    request = request_verify(request=request, method=Method.TWO_POINTS, proved=request.subjects.all(), by=by)
    request_plan(request=request, by=by)
    operation = erase_operation(request=request, user=user_of(record, "compliance_officer"))
    request_erase(request=request, by=by, step_up=confirmed(record, "compliance_officer", operation))
    erasures_run.delay()


def _tester_take_part(manager: User) -> None:
    name, email = _ERASED
    group = TesterGroup.objects.get(app=CLINIC, name=WARD_NURSES)
    invited = tester_invite(
        group=group, name=name, email=email, send=False, actor=manager.actor, person=manager
    )
    secret = invited.link.rstrip("/").rsplit("/", 1)[-1]
    invite_open(secret=secret)
    arrival = invite_accept(secret=secret, name="", email="", wants_mail=False, consents_to=NOTICE_VERSION)
    phone = Phone(CLINIC, _ERASED_PHONE, APPS[CLINIC].native_version)
    code = join_code_make(tester=arrival.tester, channel_name="beta")
    device_enroll(app_id=CLINIC, device_id=phone.device_id, platform=phone.platform, code=code)
