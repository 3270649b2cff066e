"""Invites: a link instead of a password that an administrator sees."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.domain.policy import CUSTODIAN_APPOINT
from accounts.errors import PersonRefusedError
from accounts.models import Letter, PersonLink, User
from accounts.services.mail import letters_send
from accounts.services.people import person_create
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.approving import two_people
from tests.support.at_once import at_once
from tests.support.operator import hidden, totp
from tests.support.people import code_of, signed_in, signs_in
from tests.support.shipping import recorded

NEW = "/console/people/invite/"
NINA = {"name": "Nina", "email": "nina@example.com", "roles": ["auditor", "approver"]}
CHOSEN = "seven quiet lighthouse keepers"


def confirmed(client: Client, path: str, administrator: User, fields: dict[str, Any] | None = None) -> Any:
    """Send a form, and then the page that it leads to with a code that confirms it."""
    page = client.post(path, fields) if fields else client.get(path)
    digest = hidden(page.content.decode())["digest"]
    return client.post(path, (fields or {}) | {"digest": digest, "code": code_of(administrator)})


def invited(ada: User, **changed: Any) -> Any:
    return confirmed(signed_in(ada), NEW, ada, NINA | changed)


def link_in(page: Any) -> str:
    found = re.search(r'data-copy="[^"]*?(/console/login/invited/[^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


def accept(client: Client, link: str, password: str = CHOSEN) -> Any:
    return client.post(link, {"password": password})


def enrol(client: Client) -> Any:
    page = client.get("/console/login/enrol/").content.decode()
    secret = re.search(r'data-testid="totp-secret"[^>]*>([A-Z2-7]+)<', page)
    assert secret is not None
    return client.post("/console/login/enrol/", {"code": totp(secret[1])})


def test_the_invitee_chooses_a_password_enrols_an_authenticator_and_is_in(ada: User, client: Client) -> None:
    link = link_in(invited(ada))
    assert b"Welcome, Nina" in client.get(link).content
    assert accept(client, link).headers["Location"] == "/console/login/enrol/"
    assert client.get("/console/").status_code == 302  # not on one factor
    assert enrol(client).headers["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    nina = User.objects.get(email="nina@example.com")
    assert {group.name for group in nina.groups.all()} == {"auditor", "approver"}
    what = [(event.actor_id, event.detail["what"]) for event in recorded(Action.PERSON_INVITED)]
    assert what == [(str(ada.pk), "invite"), (str(nina.pk), "accept")]


def test_the_letter_has_the_link_that_the_administrator_sees_once(ada: User) -> None:
    page = invited(ada)
    link = link_in(page)
    assert "no-store" in page.headers["Cache-Control"]
    nina = User.objects.get(email="nina@example.com")
    letter = Letter.objects.get(person=nina)
    assert link in letter.body_read()
    assert link not in letter.body  # whoever reads the database can't use it
    letters_send()
    letter.refresh_from_db()
    assert (link in mail.outbox[0].body, letter.body) == (True, "")
    assert link not in signed_in(ada).get(f"/console/people/{nina.pk}/").content.decode()
    token = link.split("/")[-2]
    assert token not in str([event.detail for event in AuditEvent.objects.all()])
    assert token not in str(list(PersonLink.objects.values()))


def test_nobody_is_invited_without_a_code_for_exactly_this(ada: User) -> None:
    client = signed_in(ada)
    digest = hidden(client.post(NEW, NINA).content.decode())["digest"]
    wrong = client.post(NEW, NINA | {"digest": digest, "code": "000000"})
    assert b"The code didn&#x27;t match." in wrong.content
    more = {"roles": ["auditor", "approver", "key_custodian"]}
    with time_machine.travel(clock.now() + timedelta(seconds=2), tick=True):
        other = client.post(NEW, NINA | more | {"digest": digest, "code": code_of(ada)})
    assert b"look at it again" in other.content
    assert not User.objects.filter(email="nina@example.com").exists()


def test_the_role_of_a_custodian_is_offered_only_where_one_person_may_give_it(
    ada: User,
) -> None:
    custodian = b'value="key_custodian"'
    assert custodian in signed_in(ada).get(NEW).content
    two_people(CUSTODIAN_APPOINT)
    assert custodian not in signed_in(ada).get(NEW).content
    answer = signed_in(ada).post(NEW, NINA | {"roles": ["key_custodian"]})
    assert b"Select a valid choice." in answer.content


def test_who_has_no_role_yet_is_invited_too(ada: User) -> None:
    invited(ada, roles=[])
    assert User.objects.get(email="nina@example.com").groups.count() == 0


def test_an_address_belongs_to_one_person_whatever_its_case(ada: User) -> None:
    invited(ada)
    answer = invited(ada, email="NINA@example.com")
    assert b"Somebody has this e-mail address already." in answer.content
    assert User.objects.filter(email__iexact="nina@example.com").count() == 1


def test_only_who_manages_people_invites(rita: User) -> None:
    assert signed_in(rita).get(NEW).status_code == 403
    assert signed_in(rita).post(NEW, NINA).status_code == 403
    assert not User.objects.filter(email="nina@example.com").exists()


def test_a_link_works_once(ada: User, client: Client) -> None:
    link = link_in(invited(ada))
    accept(client, link)
    assert Client().get(link).status_code == 410
    assert accept(Client(), link, "another seven lighthouse keepers").status_code == 410
    assert User.objects.get(email="nina@example.com").check_password(CHOSEN)


def test_looking_at_a_link_does_not_use_it_up(ada: User, client: Client) -> None:
    link = link_in(invited(ada))
    for _ in range(3):
        assert Client().get(link).status_code == 200
    assert accept(client, link).status_code == 302


def test_a_link_works_for_72_hours(ada: User) -> None:
    link = link_in(invited(ada))
    with time_machine.travel(clock.now() + timedelta(hours=71, minutes=59), tick=True):
        assert Client().get(link).status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=72), tick=True):
        assert accept(Client(), link).status_code == 410


def test_a_weak_password_is_refused_and_the_link_stays_usable(ada: User, client: Client) -> None:
    link = link_in(invited(ada))
    assert b"too short" in accept(client, link, "short").content
    assert b"easy to guess" in accept(client, link, "nina@example.com").content
    assert accept(client, link).status_code == 302


def test_another_invite_makes_the_earlier_link_worthless(ada: User, client: Client) -> None:
    first = link_in(invited(ada))
    nina = User.objects.get(email="nina@example.com")
    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=True):
        second = link_in(confirmed(signed_in(ada), f"/console/people/{nina.pk}/invite/", ada))
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_a_revoked_invite_opens_nothing(ada: User, client: Client) -> None:
    link = link_in(invited(ada))
    nina = User.objects.get(email="nina@example.com")
    revoke = f"/console/people/{nina.pk}/invite/revoke/"
    assert b"Revoke the invite" in signed_in(ada).get(f"/console/people/{nina.pk}/").content
    assert signed_in(ada).get(revoke).status_code == 405
    signed_in(ada).post(revoke)
    assert accept(client, link).status_code == 410
    assert b"No invite of theirs is open." in signed_in(ada).post(revoke, follow=True).content


def test_who_has_come_in_has_no_invite_any_more(ada: User, rita: User) -> None:
    page = confirmed(signed_in(ada), f"/console/people/{rita.pk}/invite/", ada)
    assert b"Only who hasn&#x27;t come in yet has an invite." in page.content
    assert not PersonLink.objects.exists()


def test_an_invite_of_somebody_deactivated_opens_nothing(ada: User, client: Client) -> None:
    link = link_in(invited(ada))
    User.objects.filter(email="nina@example.com").update(is_active=False)
    assert accept(client, link).status_code == 410


def test_who_left_before_enrolling_goes_on_with_the_password(ada: User, client: Client) -> None:
    accept(client, link_in(invited(ada)))
    later = Client()
    signs_in(later, email="nina@example.com", password=CHOSEN)
    enrol(later)
    assert later.get("/console/").status_code == 200


@pytest.mark.django_db
def test_a_made_up_link_says_what_a_used_one_says(ada: User, client: Client) -> None:
    link = link_in(invited(ada))
    accept(client, link)
    used, made_up = Client().get(link), Client().get("/console/login/invited/guessed/")
    assert (used.status_code, made_up.status_code) == (410, 410)
    assert used.content == made_up.content


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_once_one_comes_in(ada: User) -> None:
    link = link_in(invited(ada))
    passwords = ["first of two lighthouse keepers", "second of two lighthouse keepers"]
    answers = at_once([partial(accept, Client(), link, password) for password in passwords])
    assert sorted(answer.status_code for answer in answers) == [302, 410]


def test_a_person_has_a_name_of_one_line(ada: User) -> None:
    page = signed_in(ada).post(NEW, NINA | {"name": "Ni\rna"})
    assert b"Leave out line ends" in page.content
    assert b"digest" not in page.content


def test_a_person_has_an_address_in_ascii(ada: User) -> None:
    page = signed_in(ada).post(NEW, NINA | {"email": "n\u0131na@example.com"})
    assert b"plain English letters" in page.content
    with pytest.raises(PersonRefusedError, match="ASCII"):
        person_create(email="n\u0131na@example.com", name="Nina", password=None, roles=(), actor=None)
