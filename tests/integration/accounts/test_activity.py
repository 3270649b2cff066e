"""Deactivating people, and letting them in again."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission, Role
from accounts.errors import AccountsError, PersonStateError, StepUpRequiredError
from accounts.models import Letter, StepUp, User
from accounts.services.activity import (
    deactivate_operation,
    person_deactivate,
    person_reactivate,
    reactivate_operation,
)
from accounts.services.api_tokens import api_token_issue
from accounts.services.people import person_create, totp_enrol
from accounts.services.step_up import step_up_prove
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.at_once import at_once
from tests.support.operator import hidden
from tests.support.people import PASSWORD, SEED, code_of, signed_in, signs_in
from tests.support.shipping import app_made, recorded


@pytest.fixture
def anna(db: None) -> User:
    """Another administrator."""
    user = person_create(
        email="anna@example.com", name="Anna", password=PASSWORD, roles={Role.ADMINISTRATOR}, actor=None
    )
    totp_enrol(user=user, seed=SEED, name="Authenticator app", actor=user.actor)
    return user


def confirms(who: User, operation: Operation) -> StepUp:
    return step_up_prove(user=who, operation=operation, code=code_of(who), context="a session")


def on_the_page(client: Client, administrator: User, person: User, what: str) -> Any:
    path = f"/console/people/{person.pk}/{what}/"
    digest = hidden(client.get(path).content.decode())["digest"]
    return client.post(path, {"digest": digest, "code": code_of(administrator)}, follow=True)


def test_a_deactivated_person_is_out_at_once_and_does_not_come_in(
    ada: User, rita: User, client: Client
) -> None:
    hers = signed_in(rita)
    page = on_the_page(signed_in(ada), ada, rita, "deactivate")
    assert b"Rita is shut out." in page.content
    assert b"deactivated" in page.content
    assert hers.get("/console/").status_code == 302
    signs_in(client, code=code_of(rita))
    assert client.get("/console/").status_code == 302
    assert recorded(Action.PERSON_DEACTIVATED)[-1].actor_id == str(ada.pk)
    assert Letter.objects.get(person=rita).subject == "Your account is deactivated"


def test_letting_somebody_in_again_revives_no_session(ada: User, rita: User, client: Client) -> None:
    hers = signed_in(rita)
    on_the_page(signed_in(ada), ada, rita, "deactivate")
    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=True):
        page = on_the_page(signed_in(ada), ada, rita, "reactivate")
        assert b"Rita can sign in again." in page.content
        assert hers.get("/console/").status_code == 302
        signs_in(client, code=code_of(rita))
        assert client.get("/console/").status_code == 200
    assert recorded(Action.PERSON_REACTIVATED)[-1].actor_id == str(ada.pk)


def test_their_api_tokens_stop(ada: User, rita: User, client: Client) -> None:
    app = app_made()
    _, token = api_token_issue(
        name="CI",
        app_id=app.pk,
        permissions={Permission.APP_VIEW},
        expires_at=clock.now() + timedelta(days=1),
        created_by=rita,
        actor=rita.actor,
    )
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get(f"/api/v1/apps/{app.pk}", headers=headers).status_code == 200
    on_the_page(signed_in(ada), ada, rita, "deactivate")
    assert client.get(f"/api/v1/apps/{app.pk}", headers=headers).status_code == 401


def test_nobody_deactivates_themselves(ada: User, anna: User) -> None:
    operation = deactivate_operation(ada)
    with pytest.raises(PersonStateError, match="Nobody deactivates themselves"):
        person_deactivate(person=ada, step_up=confirms(ada, operation))
    assert b"Deactivate" not in signed_in(ada).get(f"/console/people/{ada.pk}/").content


def test_the_last_administrator_who_has_been_in_stays(ada: User, anna: User) -> None:
    User.objects.filter(pk=ada.pk).update(last_login=clock.now())
    with pytest.raises(PersonStateError, match="the last administrator"):
        person_deactivate(person=ada, step_up=confirms(anna, deactivate_operation(ada)))
    ada.refresh_from_db()
    assert ada.is_active


def _another_person(rita: User, olaf: User) -> Operation:
    return deactivate_operation(olaf)


def _the_other_way(rita: User, olaf: User) -> Operation:
    return reactivate_operation(rita)


@pytest.mark.parametrize("other", [_another_person, _the_other_way])
def test_the_confirmation_is_of_this_person_and_of_this_change(
    ada: User, rita: User, olaf: User, other: Callable[[User, User], Operation]
) -> None:
    User.objects.filter(pk=ada.pk).update(last_login=clock.now())
    with pytest.raises(StepUpRequiredError):
        person_deactivate(person=rita, step_up=confirms(ada, other(rita, olaf)))
    rita.refresh_from_db()
    assert rita.is_active


def test_what_is_done_already_is_not_done_again(ada: User, rita: User) -> None:
    User.objects.filter(pk=rita.pk).update(is_active=False)
    rita.refresh_from_db()
    with pytest.raises(PersonStateError, match="deactivated already"):
        person_deactivate(person=rita, step_up=confirms(ada, deactivate_operation(rita)))
    User.objects.filter(pk=rita.pk).update(is_active=True)
    rita.refresh_from_db()
    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=True), pytest.raises(PersonStateError):
        person_reactivate(person=rita, step_up=confirms(ada, reactivate_operation(rita)))


@pytest.mark.parametrize("what", ["deactivate", "reactivate", "invite", "invite/revoke"])
def test_only_who_manages_people_does_this(rita: User, olaf: User, what: str) -> None:
    for client in (signed_in(rita), signed_in(olaf)):
        assert client.post(f"/console/people/{olaf.pk}/{what}/").status_code == 403


def test_who_does_not_exist_is_not_found(ada: User) -> None:
    assert signed_in(ada).get("/console/people/4711/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_shut_each_other_out_leave_one(ada: User, anna: User) -> None:
    User.objects.update(last_login=clock.now())
    pairs = [(ada, anna), (anna, ada)]
    step_ups = [(other, confirms(who, deactivate_operation(other))) for who, other in pairs]

    def shut_out(other: User, step_up: StepUp) -> bool:
        try:
            person_deactivate(person=other, step_up=step_up)
        except AccountsError:
            return False
        return True

    done = at_once([partial(shut_out, other, step_up) for other, step_up in step_ups])
    assert sorted(done) == [False, True]
    assert User.objects.filter(is_active=True).count() == 1
