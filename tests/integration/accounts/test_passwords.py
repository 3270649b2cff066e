"""Changing one's password takes both factors; a letter replaces a forgotten one, and nothing else."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.domain.throttling import Scope, Source
from accounts.models import FailedAttempts, Letter, PersonLink, ResetWish, User
from accounts.services.passwords import password_change_operation, resets_answer
from accounts.services.throttle import attempt_begin, codes_forgive, password_places
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.people import PASSWORD, code_of, signed_in, signs_in
from tests.support.shipping import recorded

CHANGE, FORGOTTEN = "/console/me/password/", "/console/login/forgotten/"
NO_MATCH = b"Password or code didn&#x27;t match."
NEW = "nine unhurried tortoises"


def change(client: Client, rita: User, **changed: str) -> Any:
    operation = password_change_operation(user=User.objects.get(pk=rita.pk))
    fields = {"new_password": NEW, "password": PASSWORD, "code": code_of(rita), "digest": operation.digest()}
    return client.post(CHANGE, fields | changed)


def asks(email: str = "rita@example.com", address: str = "198.51.100.7") -> Any:
    return Client(REMOTE_ADDR=address).post(FORGOTTEN, {"email": email})


def link_of(person: User) -> str:
    letter = Letter.objects.filter(person=person).latest("written_at")
    found = re.search(r"(/console/login/reset/\S+)", letter.body_read())
    assert found is not None
    return found[1]


@pytest.fixture
def link(rita: User) -> str:
    asks()
    resets_answer()
    return link_of(rita)


def test_a_letter_is_written_to_exactly_the_address_that_was_typed(rita: User) -> None:
    ResetWish.objects.create(email="r\u0131ta@example.com")
    assert resets_answer() == 0


def test_both_factors_change_the_password_and_end_the_other_sessions(rita: User) -> None:
    here, there = signed_in(rita), signed_in(rita)
    assert change(here, rita).headers["Location"] == "/console/me/"
    assert here.get("/console/").status_code == 200
    assert there.get("/console/").status_code == 302
    rita.refresh_from_db()
    assert rita.check_password(NEW)
    assert Letter.objects.get(person=rita).subject == "Your password was changed"
    assert [event.detail for event in recorded(Action.PASSWORD_CHANGED)] == [{"how": "changed"}]
    proved = recorded(Action.STEP_UP_PROVED)[-1]
    assert proved.detail["operation"] == "accounts:password:change"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"password": "not the present one"}, b"The password didn&#x27;t match.", id="password"),
        pytest.param({"code": "000000"}, b"The code didn&#x27;t match.", id="code"),
        pytest.param({"new_password": "short"}, b"too short", id="short"),
        pytest.param({"new_password": "rita@example.com"}, b"easy to guess", id="own-address"),
        pytest.param({"new_password": "x" * 1025}, b"at most 1024 characters", id="too-long"),
        pytest.param({"new_password": "1q2w3e4r5t6y7u8i9o0p"}, b"easy to guess", id="leaked"),
    ],
)
def test_what_does_not_do_changes_nothing(rita: User, changed: dict[str, str], said: bytes) -> None:
    here, there = signed_in(rita), signed_in(rita)
    assert said in change(here, rita, **changed).content
    rita.refresh_from_db()
    assert rita.check_password(PASSWORD)
    assert there.get("/console/").status_code == 200
    assert not Letter.objects.exists()


def test_a_refused_new_password_uses_up_no_code(rita: User) -> None:
    client, code = signed_in(rita), code_of(rita)
    change(client, rita, new_password="short", code=code)
    assert change(client, rita, code=code).status_code == 302


def test_a_refused_reauthentication_is_on_record(rita: User) -> None:
    change(signed_in(rita), rita, password="not the present one")
    refused = recorded(Action.STEP_UP_REFUSED)[-1]
    assert (refused.actor_id, refused.detail["factor"]) == (str(rita.pk), "password")


def test_each_guess_at_the_present_password_from_a_session_costs_a_fresh_code(rita: User) -> None:
    client, code = signed_in(rita), code_of(rita)
    assert b"The password didn&#x27;t match." in change(client, rita, password="a guess", code=code).content
    assert b"The code didn&#x27;t match." in change(client, rita, code=code).content
    rita.refresh_from_db()
    assert rita.check_password(PASSWORD)


def test_a_confirmation_for_one_password_is_none_for_the_next(rita: User) -> None:
    client = signed_in(rita)
    old = password_change_operation(user=User.objects.get(pk=rita.pk)).digest()
    change(client, rita)
    answer = change(client, rita, password=NEW, new_password="ten unhurried tortoises", digest=old)
    assert b"isn&#x27;t what would be done now" in answer.content


def test_nobody_changes_a_password_on_one_factor(rita: User, client: Client) -> None:
    client.force_login(rita)
    assert change(client, rita).status_code == 302
    rita.refresh_from_db()
    assert rita.check_password(PASSWORD)


def test_a_letter_replaces_the_password_and_not_the_second_factor(
    rita: User, client: Client, link: str
) -> None:
    there = signed_in(rita)
    answer = client.post(link, {"password": NEW}, follow=True)
    assert b"Your password is changed." in answer.content
    assert client.get("/console/").status_code == 302
    assert there.get("/console/").status_code == 302
    assert signs_in(client, password=PASSWORD).status_code == 200
    signs_in(client, password=NEW, code=code_of(rita))
    assert client.get("/console/").status_code == 200
    assert [event.detail for event in recorded(Action.PASSWORD_CHANGED)] == [{"how": "reset"}]
    assert "replaced by the link of a letter" in Letter.objects.latest("written_at").body


def test_a_reset_link_does_not_lead_to_an_enrolment(rita: User, client: Client) -> None:
    User.objects.filter(pk=rita.pk).update(last_login=clock.now())
    rita.totp_authenticators.all().delete()
    asks()
    resets_answer()
    client.post(link_of(rita), {"password": NEW})
    signs_in(client, password=NEW)
    assert client.get("/console/login/enrol/").headers["Location"] == "/console/login/second/"


def test_a_mailbox_alone_lets_nobody_guess_codes_again(rita: User, client: Client, link: str) -> None:
    rita.totp_authenticators.update(throttling_failure_count=100, throttling_failure_timestamp=clock.now())
    client.post(link, {"password": NEW})
    signs_in(client, password=NEW, code=code_of(rita))
    assert client.get("/console/").status_code == 302


def test_another_second_factor_lets_codes_count_again(rita: User, client: Client) -> None:
    rita.totp_authenticators.update(throttling_failure_count=100, throttling_failure_timestamp=clock.now())
    codes_forgive(rita)  # as every session does that is opened with both factors
    signs_in(client, code=code_of(rita))
    assert client.get("/console/").status_code == 200


def test_a_reset_opens_an_account_that_strangers_have_closed(rita: User, link: str) -> None:
    places = password_places(email=rita.email, person=rita, source=Source(network="198.51.100.7"))
    attempt_begin(places)
    FailedAttempts.objects.filter(scope=Scope.STRANGERS.value).update(failures=100)
    client = Client(REMOTE_ADDR="203.0.113.1")
    assert b"Too many attempts" in signs_in(client).content
    client.post(link, {"password": NEW})
    signs_in(client, password=NEW, code=code_of(rita))
    assert client.get("/console/").status_code == 200


def _without_token(page: Any) -> str:
    return re.sub(r'value="[^"]{64}"', "", page.content.decode())


def _deactivate(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def _take_password(person: User) -> None:
    person.set_unusable_password()
    person.save()


@pytest.mark.parametrize(
    ("email", "before"),
    [
        pytest.param("rita@example.com", None, id="known"),
        pytest.param("nobody@example.com", None, id="unknown"),
        pytest.param("rita@example.com", _deactivate, id="deactivated"),
        pytest.param("rita@example.com", _take_password, id="without-a-password"),
    ],
)
def test_asking_gets_the_same_answer_by_the_same_work_whoever_it_is(
    rita: User, email: str, before: Any
) -> None:
    if before:
        before(rita)
    asks("somebody.else@example.com")
    with CaptureQueriesContext(connection) as hers:
        page = asks(email)
    with CaptureQueriesContext(connection) as theirs:
        other = asks("somebody.else@example.com")
    assert len(hers) == len(theirs)
    assert not any("rita" in query["sql"] for query in hers if "accounts_user" in query["sql"])
    assert b"Look into your mailbox" in page.content
    assert _without_token(page) == _without_token(other)
    assert not Letter.objects.exists()  # nobody is looked up before the page is out
    letters = resets_answer()
    assert letters == (1 if email.startswith("rita") and before is None else 0)
    assert not ResetWish.objects.exists()


def test_a_link_works_once_for_thirty_minutes(rita: User, client: Client, link: str) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=30), tick=True):
        assert client.post(link, {"password": NEW}).status_code == 410
    assert client.post(link, {"password": "short"}).status_code == 200
    assert client.post(link, {"password": NEW}).status_code == 302
    assert client.post(link, {"password": NEW + " again"}).status_code == 410
    rita.refresh_from_db()
    assert rita.check_password(NEW)


def test_an_invite_is_no_reset_nor_the_other_way_round(rita: User, client: Client, link: str) -> None:
    assert client.get(link.replace("/reset/", "/invited/")).status_code == 410


def test_nobodys_mailbox_is_filled_by_strangers(rita: User) -> None:
    for number in range(3):
        asks(address=f"198.51.100.{number}")
        resets_answer()
    assert Letter.objects.filter(person=rita).count() == 1
    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1), tick=True):
        asks()
        resets_answer()
    assert Letter.objects.filter(person=rita).count() == 2
    assert PersonLink.objects.filter(ended_at=None).count() == 1


def test_asking_for_many_letters_from_one_address_is_throttled(rita: User) -> None:
    with time_machine.travel(clock.now(), tick=False):
        for number in range(6):
            assert b"Look into" in asks(f"somebody{number}@example.com").content
        assert b"Too many attempts" in asks("another@example.com").content


def test_a_link_that_was_made_up_opens_nothing(rita: User, client: Client) -> None:
    assert client.get("/console/login/reset/guessed/").status_code == 410
    assert client.post("/console/login/reset/guessed/", {"password": NEW}).status_code == 410
