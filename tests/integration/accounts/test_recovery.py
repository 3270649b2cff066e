"""Letting somebody in anew who has lost everything: two administrators, and nobody with less."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.domain.presets import Preset
from accounts.domain.roles import Role
from accounts.errors import (
    ApprovalFailedError,
    ApprovalOvertakenError,
    ApprovalRequiredError,
    OperationChangedError,
    PermissionDeniedError,
    RecoveryRefusedError,
    SelfApprovalError,
)
from accounts.models import ApprovalRequest, AuthenticatorRecord, Letter, PersonLink, User
from accounts.services.approval_kinds import ApprovedRequest
from accounts.services.approvals import approval_give, approval_give_operation, approval_request
from accounts.services.people import person_create, totp_enrol
from accounts.services.recovery import person_recover, recover_operation
from accounts.services.recovery_codes import recovery_codes_replace
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.approving import proof, two_people
from tests.support.operator import totp
from tests.support.people import PASSWORD, SEED, code_of, signed_in
from tests.support.shipping import recorded

REASON = "Her bag was stolen; I know her voice."


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with time_machine.travel(clock.now(), tick=False):
        yield


def administrator(name: str) -> User:
    user = person_create(
        email=f"{name}@example.com",
        name=name.title(),
        password=PASSWORD,
        roles={Role.ADMINISTRATOR},
        actor=None,
    )
    totp_enrol(user=user, seed=SEED, name="Authenticator app", actor=user.actor)
    return user


@pytest.fixture
def bea(db: None) -> User:
    """The other administrator."""
    return administrator("bea")


@pytest.fixture
def lost(rita: User) -> Client:
    """Rita's browser, as it was before the bag was stolen; she has codes too."""
    client = signed_in(rita)
    rita.refresh_from_db()
    recovery_codes_replace(user=rita, actor=rita.actor, now=clock.now())
    return client


def asked(by: User, person: User) -> ApprovalRequest:
    operation = recover_operation(person=person)
    return approval_request(operation=operation, reason=REASON, step_up=proof(by, operation))


def approved(row: ApprovalRequest, by: User) -> ApprovalRequest:
    return approval_give(request_id=row.pk, step_up=proof(by, approval_give_operation(row)))


def stands(person: User) -> bool:
    """Whether they have all that they had."""
    person.refresh_from_db()
    return person.has_usable_password() and person.totp_authenticators.exists()


def letters_to(person: User) -> list[Letter]:
    return list(Letter.objects.filter(person=person).order_by("written_at"))


def test_two_administrators_let_somebody_in_anew(ada: User, bea: User, rita: User, lost: Client) -> None:
    row = asked(ada, rita)
    assert stands(rita)
    approved(row, bea)
    rita.refresh_from_db()
    assert not rita.has_usable_password()
    assert not rita.totp_authenticators.exists()
    assert not rita.recovery_code_devices.exists()
    assert lost.get("/console/").status_code == 302
    assert [link.purpose for link in PersonLink.objects.filter(person=rita, ended_at=None)] == ["invite"]


def test_the_record_of_what_they_had_stays(ada: User, bea: User, rita: User, lost: Client) -> None:
    approved(asked(ada, rita), bea)
    records = AuthenticatorRecord.objects.filter(person=rita)
    assert {(row.kind, row.removed_why, row.removed_by) for row in records} == {
        ("totp", "recovery", f"person:{ada.pk}"),
        ("recovery_code", "recovery", f"person:{ada.pk}"),
    }


def test_the_link_goes_to_them_alone(ada: User, bea: User, rita: User, lost: Client) -> None:
    approved(asked(ada, rita), bea)
    [letter] = [each for each in letters_to(rita) if "way back" in each.subject]
    assert "/invited/" not in letter.body  # it waits sealed
    found = re.search(r"/console/login/invited/([\w-]{43})/", letter.body_read())
    assert found is not None
    for other in (ada, bea):
        told = " ".join(each.body for each in letters_to(other))
        assert "Ada and Bea let them in anew" in told
        assert found[1] not in told
    assert found[1] not in str([event.detail for event in recorded(Action.PERSON_RECOVERED)])


def test_they_choose_a_password_enrol_and_are_in(ada: User, bea: User, rita: User, lost: Client) -> None:
    approved(asked(ada, rita), bea)
    [letter] = [each for each in letters_to(rita) if "way back" in each.subject]
    path = re.findall(r"https?://[^/]+(/console/login/invited/[^/]+/)", letter.body_read())[0]
    client = Client()
    answer = client.post(path, {"password": "walrus umbrella cathedral 42"}, follow=True)
    seed = re.findall(r'data-testid="totp-secret"[^>]*>([A-Z2-7]+)<', answer.content.decode())[0]
    client.post(answer.redirect_chain[-1][0], {"code": totp(seed)})
    assert client.get("/console/").status_code == 200
    assert Client().get(path).status_code == 410


def test_it_is_on_the_audit_log_with_both(ada: User, bea: User, rita: User, lost: Client) -> None:
    approved(asked(ada, rita), bea)
    [event] = recorded(Action.PERSON_RECOVERED)
    assert (event.actor_id, event.object_id) == (str(ada.pk), str(rita.pk))
    assert event.detail == {"approved_by": str(bea.pk), "authenticators": 2}
    assert len(recorded(Action.AUTHENTICATOR_REMOVED)) == 2


@pytest.mark.parametrize("preset", list(Preset))
def test_one_confirmation_never_does_whatever_policy(
    ada: User, bea: User, rita: User, lost: Client, preset: Preset
) -> None:
    two_people(preset=preset)
    step_up: Any = proof(ada, recover_operation(person=rita))
    with pytest.raises(ApprovalRequiredError):
        person_recover(person_id=rita.pk, authority=step_up)
    assert stands(rita)


def test_a_request_that_nobody_carries_out_does_nothing(
    ada: User, bea: User, rita: User, lost: Client
) -> None:
    row = asked(ada, rita)
    forged = ApprovedRequest(row.pk, row.subject, b"", ada, bea)
    with pytest.raises(ApprovalRequiredError):
        person_recover(person_id=rita.pk, authority=forged)
    assert stands(rita)


def test_who_asked_does_not_approve(ada: User, bea: User, rita: User, lost: Client) -> None:
    row = asked(ada, rita)
    with pytest.raises(SelfApprovalError):
        approved(row, ada)
    assert stands(rita)


def test_the_person_does_not_approve_their_own(ada: User, bea: User, lost: Client) -> None:
    signed_in(bea)
    bea.refresh_from_db()
    row = asked(ada, bea)
    with pytest.raises(SelfApprovalError):
        approved(row, bea)
    assert stands(bea)


def test_nobody_asks_for_their_own(ada: User, bea: User, lost: Client) -> None:
    signed_in(ada)
    ada.refresh_from_db()
    with pytest.raises(ApprovalFailedError, match="three people"):
        approved(asked(ada, ada), bea)
    assert stands(ada)


def test_only_who_manages_people_asks_or_approves(
    ada: User, bea: User, rita: User, kai: User, lost: Client
) -> None:
    with pytest.raises(PermissionDeniedError):
        asked(kai, rita)
    row = asked(ada, rita)
    with pytest.raises(PermissionDeniedError):
        approved(row, kai)
    assert stands(rita)


def test_what_they_bound_meanwhile_voids_it(ada: User, bea: User, rita: User, lost: Client) -> None:
    row = asked(ada, rita)
    totp_enrol(user=rita, seed=SEED, name="found again", actor=rita.actor)
    with pytest.raises(ApprovalOvertakenError):
        approved(row, bea)
    assert stands(rita)


@pytest.mark.parametrize(
    ("columns", "says"),
    [({"is_active": False}, "deactivated"), ({"last_login": None}, "never signed in")],
    ids=["deactivated", "invited"],
)
def test_who_cannot_be_let_in_anew(
    ada: User, rita: User, lost: Client, columns: dict[str, Any], says: str
) -> None:
    User.objects.filter(pk=rita.pk).update(**columns)
    rita.refresh_from_db()
    with pytest.raises(RecoveryRefusedError, match=says):
        asked(ada, rita)


def test_another_persons_facts_are_not_what_was_confirmed(
    ada: User, rita: User, olaf: User, lost: Client
) -> None:
    wrong = recover_operation(person=rita)
    rita.totp_authenticators.all().delete()
    with pytest.raises(OperationChangedError):
        approval_request(operation=wrong, reason=REASON, step_up=proof(ada, wrong))


# --- the page -----------------------------------------------------------------------------------------


def page_of(person: User) -> str:
    return f"/console/people/{person.pk}/recover/"


def sent(client: Client, by: User, person: User, **changed: str) -> Any:
    page = client.get(page_of(person)).content.decode()
    shown = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', page))
    return client.post(page_of(person), {**shown, "reason": REASON, "code": code_of(by), **changed})


def test_the_page_says_what_follows_and_who_can_agree(ada: User, bea: User, rita: User, lost: Client) -> None:
    page = signed_in(ada).get(page_of(rita)).content.decode()
    assert "All that they sign in with is removed (2); the record of it stays." in page
    assert "Any of these can agree: Bea." in page


def test_the_page_asks(ada: User, bea: User, rita: User, lost: Client) -> None:
    assert sent(signed_in(ada), ada, rita).status_code == 302
    row = ApprovalRequest.objects.get()
    assert (row.requested_by, row.reason, row.operation) == (ada, REASON, "accounts:person:recover")
    assert stands(rita)


@pytest.mark.parametrize(
    "changed", [{"reason": ""}, {"reason": "lost"}, {"code": "000000"}, {"digest": "0" * 64}], ids=str
)
def test_nothing_less_asks(ada: User, bea: User, rita: User, lost: Client, changed: dict[str, str]) -> None:
    assert sent(signed_in(ada), ada, rita, **changed).status_code == 200
    assert not ApprovalRequest.objects.exists()


def test_without_a_second_administrator_the_page_says_what_to_do(ada: User, rita: User, lost: Client) -> None:
    page = signed_in(ada).get(page_of(rita)).content.decode()
    assert "recover_administrator" in page
    assert "<form class" not in page


def test_ones_own_page_offers_nothing(ada: User, bea: User) -> None:
    client = signed_in(ada)
    assert b"Nobody asks for their own recovery" in client.get(page_of(ada)).content
    sent(client, ada, ada)
    assert not ApprovalRequest.objects.exists()


def test_only_who_manages_people_has_the_page(rita: User, kai: User) -> None:
    assert signed_in(kai).get(page_of(rita)).status_code == 403
    assert signed_in(kai).post(page_of(rita)).status_code == 403


def test_there_is_no_page_of_nobody(ada: User) -> None:
    assert signed_in(ada).get("/console/people/999999/recover/").status_code == 404
