"""Whose data an erasure takes: what was proved to be theirs, and never what only looks like it."""

from typing import Any

import pytest

from accounts.errors import StepUpRequiredError
from accounts.models import User
from compliance.desk.domain.subjects import Contact
from compliance.desk.domain.verification import Method
from compliance.desk.errors import ErasureNobodyError, VerificationMethodError
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.services.erasure import erasure_run_through, erasure_start, subject_widen
from compliance.desk.services.erasure.holding import holds_over_subject
from compliance.desk.services.erasure.suppression import (
    DatabaseSuppressionList,
    suppress,
    suppression_lift,
)
from compliance.desk.services.handling import erase_operation, request_erase, subject_of
from compliance.desk.services.requests import request_verify
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.errors import LegalHoldError
from compliance.ledger.models import HoldScope
from compliance.ledger.services.holds import HoldTerms, hold_place
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Identifier, Scoped, Subject
from signing.models import RecipientKey
from tests.support.beta import PHONE, beta_made, enrolled, group_made, newly_joined
from tests.support.confirming import confirmed
from tests.support.people import signed_in
from tests.support.privacy import NOBODY, asked, verified
from tests.support.shipping import app_made, channel_made, recorded
from updates.models import App, ConsentRecord, Device, DeviceOverride, Tester, TesterDevice
from updates.services.testers import address_confirm, tester_deletion_request, tester_device_leave
from updates.services.testers.leaving import testers_erase_requested
from updates.services.testers.links import LetterPurpose, letter_address

pytestmark = pytest.mark.django_db

TABLET = "8f0f2f4e-0000-4000-8000-00000000cafe"


def device(app: App, device_id: str, custom_id: str) -> Device:
    now = clock.now()
    return Device.objects.create(
        app=app, device_id=device_id, custom_id=custom_id, first_seen_at=now, last_seen_at=now
    )


@pytest.mark.parametrize("sold", ["before asking", "after asking"])
def test_a_sold_phone_is_its_new_owners(sold: str) -> None:
    group = group_made(beta_made())
    tess, bob = newly_joined(group, "tess@example.com"), newly_joined(group, "bob@example.com")
    row = enrolled(tess, PHONE)
    if sold == "before asking":
        tester_device_leave(tester=tess, device_pk=row.pk)
        enrolled(bob, PHONE)
        device(tess.app, PHONE, "bob")
    tester_deletion_request(tester=tess)
    if sold == "after asking":
        enrolled(bob, PHONE)
        device(tess.app, PHONE, "bob")
    request = PrivacyRequest.objects.get()
    if request.contact_read().device_ids:
        verified(request)
    assert subject_widen(subject_of(request)).devices == frozenset()


def test_a_code_that_a_phone_was_given_proves_nobody_that_phone() -> None:
    """Whoever knows the id of somebody's phone can join a beta with it."""
    mallory = newly_joined(group_made(beta_made()), "mallory@example.com")
    device(mallory.app, PHONE, "alice")
    enrolled(mallory, PHONE)
    tester_deletion_request(tester=mallory)
    request = PrivacyRequest.objects.get()
    assert subject_of(request).tester_ids == {mallory.pk}
    assert subject_widen(subject_of(request)).devices == frozenset()
    phone = request.subjects.filter(kind="device")
    with pytest.raises(VerificationMethodError):
        request_verify(request=request, method=Method.ACCOUNT, proved=phone, by=NOBODY)
    testers_erase_requested()
    assert not TesterDevice.objects.exists()
    assert Device.objects.get().custom_id == "alice"
    assert subject_of(verified(request)).devices == {Scoped(mallory.app_id, PHONE)}


def test_a_user_name_that_a_device_claims_leads_nowhere() -> None:
    app = app_made()
    device(app, PHONE, "alice")
    device(app, TABLET, "alice")
    claims, is_alice = Scoped(app.pk, PHONE), Scoped(app.pk, "alice")
    by_device = subject_widen(Subject(devices=frozenset({claims})))
    assert by_device == Subject(devices=frozenset({claims}))
    by_name = subject_widen(Subject(custom_ids=frozenset({is_alice})))
    assert by_name.devices == {claims, Scoped(app.pk, TABLET)}


def test_only_what_was_proved_is_looked_for() -> None:
    """Whoever can type somebody else's device and name would read and erase them."""
    app = app_made()
    typed = Contact(email="mallory@example.org", device_ids=(PHONE,), custom_id="bob", app=app.pk)
    request = asked(contact=typed, app_id=app.pk)
    named = {row.kind: row for row in request.subjects.all()}
    for method, proved in ((Method.ACCOUNT, []), (Method.DEVICE, [named["email"], named["device"]])):
        with pytest.raises(VerificationMethodError):
            request_verify(request=request, method=method, proved=proved, by=NOBODY)
    request_verify(request=request, method=Method.ACCOUNT, proved=[named["email"]], by=NOBODY)
    assert subject_of(request) == Subject(emails=frozenset({typed.email}))
    request_verify(request=request, method=Method.DEVICE, proved=[named["device"]], by=NOBODY)
    assert subject_of(request).devices == {Scoped(app.pk, PHONE)}
    assert [step.note for step in request.steps.filter(step="verified")] == [
        "Own account or tester page, proved anew: e-mail address",
        "The device itself sent the request, and proved its registered key: device",
    ]


def test_a_confirmation_is_of_exactly_those_whom_it_would_erase(orla: User) -> None:
    app = app_made()
    request = asked(contact=Contact(custom_id="bob", device_ids=(TABLET,), app=app.pk), app_id=app.pk)
    with pytest.raises(ErasureNobodyError):
        erase_operation(request=request, user=orla)
    before = confirmed(orla, erase_operation(request=verified(request), user=orla))
    device(app, PHONE, "bob")
    with pytest.raises(StepUpRequiredError):
        request_erase(request=request, by=Doer(orla.actor, orla), step_up=before)


@pytest.mark.parametrize("scope", [HoldScope.EVERYTHING, HoldScope.APP, HoldScope.PERSON])
def test_whom_a_legal_hold_covers_is_not_erased(orla: User, scope: HoldScope) -> None:
    tess = newly_joined(group_made(beta_made()), "tess@example.com")
    tester_deletion_request(tester=tess)
    request = PrivacyRequest.objects.get()
    begun = erasure_start(request.reference, subject_of(request), SYSTEM, clock.now())
    terms = {
        HoldScope.EVERYTHING: HoldTerms(scope),
        HoldScope.APP: HoldTerms(scope, app_id=tess.app_id),
        HoldScope.PERSON: HoldTerms(scope, subject=("tester", str(tess.pk))),
    }[scope]
    hold = hold_place(terms=terms, reason="Case 12", actor=orla.actor, now=clock.now())

    assert testers_erase_requested() == 0
    assert erasure_run_through(begun).error.endswith("legal_hold")
    ErasureRun.objects.all().delete()
    page = signed_in(orla).post(f"/console/compliance/requests/{request.reference}/erasure/", {"act": "plan"})
    assert f"Legal hold {hold.pk} stands over them" in page.content.decode()
    step_up = confirmed(orla, erase_operation(request=request, user=orla))
    with pytest.raises(LegalHoldError):
        request_erase(request=request, by=Doer(orla.actor, orla), step_up=step_up)
    assert Tester.objects.filter(email="tess@example.com").exists()


def test_a_hold_on_somebody_else_or_another_app_keeps_nobody(orla: User) -> None:
    tess = newly_joined(group_made(beta_made()), "tess@example.com")
    for terms in (
        HoldTerms(HoldScope.APP, app_id="com.example.other"),
        HoldTerms(HoldScope.PERSON, subject=("tester", str(tess.pk + 1))),
        HoldTerms(HoldScope.PERSON, subject=("person", str(tess.pk))),
    ):
        hold_place(terms=terms, reason="Case 12", actor=orla.actor, now=clock.now())
    theirs = Subject(tester_ids=frozenset({tess.pk}), devices=frozenset({Scoped("com.example.other", PHONE)}))
    assert holds_over_subject(theirs) == []


def test_a_hold_on_a_tester_covers_the_phone_they_have_or_had(orla: User) -> None:
    """Else who is held would be erased by what only proves a device."""
    group = group_made(beta_made())
    tess, bob = newly_joined(group, "tess@example.com"), newly_joined(group, "bob@example.com")
    row = enrolled(tess, PHONE)
    terms = HoldTerms(HoldScope.PERSON, subject=("tester", str(tess.pk)))
    hold = hold_place(terms=terms, reason="Case 12", actor=orla.actor, now=clock.now())
    phone = Subject(devices=frozenset({Scoped(group.app_id, PHONE)}), is_exact=True)
    assert holds_over_subject(phone) == [hold]
    tester_device_leave(tester=tess, device_pk=row.pk)
    enrolled(bob, PHONE)
    assert holds_over_subject(phone) == [hold]


@pytest.mark.parametrize("scope", [HoldScope.APP, HoldScope.OBJECT])
def test_a_hold_on_an_app_covers_whatever_it_keeps_of_a_phone(orla: User, scope: HoldScope) -> None:
    """Placed on the app as a thing it kept rows from daily purges, and from no erasure."""
    app, now = app_made(), clock.now()
    terms = {
        HoldScope.APP: HoldTerms(scope, app_id=app.pk),
        HoldScope.OBJECT: HoldTerms(scope, subject=("app", app.pk)),
    }[scope]
    hold = hold_place(terms=terms, reason="Case 12", actor=orla.actor, now=now)
    theirs = Subject(devices=frozenset({Scoped(app.pk, PHONE)}))
    rows: dict[Any, dict[str, Any]] = {
        ConsentRecord: {"app": app, "text_version": "1", "given_at": now},
        DeviceOverride: {"app": app, "channel": channel_made(app), "until": now, "created_at": now},
        RecipientKey: {"profile_id": app.pk, "kid": "k", "algorithm": "a", "jwk": {}},
    }
    for model, fields in rows.items():
        assert holds_over_subject(theirs) == []
        row = model.objects.create(device_id=PHONE, **fields)
        assert holds_over_subject(theirs) == [hold], model
        row.delete()


def test_a_phone_comes_off_the_list_for_its_own_returning_owner_only() -> None:
    group = group_made(beta_made())
    listed, phone = DatabaseSuppressionList(), Identifier.device(group.app_id, PHONE)
    erased = Subject(emails=frozenset({"tess@example.com"}), devices=frozenset({Scoped(group.app_id, PHONE)}))
    suppress(subject=erased, request="PR-TESTTEST", now=clock.now())
    bob = newly_joined(group, "bob@example.com")
    row = enrolled(bob, PHONE)
    assert listed.among({phone}) == {phone}
    tester_device_leave(tester=bob, device_pk=row.pk)
    suppression_lift(email="tess@example.com", actor=SYSTEM, now=clock.now())
    tess = newly_joined(group, "tess@example.com")
    enrolled(tess, PHONE)
    assert listed.among({phone}) == set()
    event = recorded(Action.SUPPRESSION_LIFTED)[-1]
    assert (event.actor_id, event.app_id, event.detail) == (str(tess.pk), tess.app_id, {"identifiers": 1})


def test_who_proves_an_address_of_somebody_erased_takes_it_off_the_list_on_record() -> None:
    tess = newly_joined(group_made(beta_made()), "")
    suppress(subject=Subject(emails=frozenset({"tess@example.com"})), request="PR-TESTTEST", now=clock.now())
    link = letter_address(LetterPurpose.CONFIRM, tess, email="tess@example.com")
    address_confirm(token=link.rstrip("/").rpartition("/")[2])
    (event,) = recorded(Action.SUPPRESSION_LIFTED)
    assert (event.actor_kind, event.actor_id) == ("tester", str(tess.pk))
