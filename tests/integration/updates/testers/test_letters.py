"""Letters to testers: whom they go to, what their links do, and how they end."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import Letter
from accounts.services.mail import letters_send
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from tests.support.beta import enrolled, group_link, group_made, invited, joins, mailed
from tests.support.shipping import bundle_made, channel_made, released
from updates.errors import TesterLinkError, TesterStateError
from updates.models import Channel, Release, Tester, TesterGroup, TesterMembership
from updates.services.testers import (
    Arrival,
    address_confirm,
    address_confirm_ask,
    come_back,
    come_back_letter,
    device_enroll,
    join_code_make,
    mail_stop,
    tester_deletion_request,
    tester_group_change,
    versions_tell,
)


def link_sent() -> str:
    """The path of the link in the one letter that goes out."""
    mail.outbox.clear()
    assert letters_send() == 1
    found = re.search(r"http\S+(/beta/letter/\S+/)", str(mail.outbox[0].body))
    assert found is not None
    return found[1]


def token_of(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def test_an_address_is_kept_once_its_letter_is_answered(nurses: TesterGroup) -> None:
    tester = joins(group_link(nurses).link, name="Mallory <b>", email="Vera@Example.com").tester
    path = link_sent()
    assert "Mallory" not in str(mail.outbox[0].body)  # nobody writes to strangers by it
    assert Tester.objects.get().email == ""
    assert Client().get(path).status_code == 200  # a scanner follows the link
    assert Tester.objects.get().email == ""
    Client().post(path)
    tester.refresh_from_db()
    assert tester.email == "vera@example.com"


def test_a_mailbox_has_one_tester_of_an_app(nurses: TesterGroup, tess: Arrival) -> None:
    joins(group_link(nurses).link, email="tess@example.com")
    token = token_of(link_sent())
    with pytest.raises(TesterStateError):
        address_confirm(token=token)
    assert Tester.objects.get(email="tess@example.com") == tess.tester


def test_an_address_gets_three_letters_a_day(tess: Arrival) -> None:
    for _ in range(5):
        address_confirm_ask(tester=tess.tester, email="victim@example.com")
        come_back_letter(app_id=tess.tester.app_id, email="tess@example.com")
    assert Letter.objects.filter(address="victim@example.com").count() == 3
    assert Letter.objects.filter(address="tess@example.com").count() == 3


def test_who_lost_their_page_gets_another_link(tess: Arrival) -> None:
    assert come_back_letter(app_id=tess.tester.app_id, email="TESS@example.com")
    path, client = link_sent(), Client()
    assert client.get(f"/beta/me/{tess.secret}/").status_code == 200  # asking alone ends nothing
    own = client.post(path)["Location"]
    assert client.get(own).status_code == 200
    assert client.get(f"/beta/me/{tess.secret}/").status_code == 410
    assert client.post(path).status_code == 410  # once


def test_nobody_else_is_written_to(tess: Arrival) -> None:
    for email in ("nobody@example.com", "", "no address"):
        assert not come_back_letter(app_id=tess.tester.app_id, email=email)
    assert not come_back_letter(app_id="com.example.other", email="tess@example.com")
    assert not Letter.objects.exists()


def test_links_of_letters_end(tess: Arrival) -> None:
    come_back_letter(app_id=tess.tester.app_id, email="tess@example.com")
    token = token_of(link_sent())
    later = clock.now() + timedelta(seconds=3602)
    with time_machine.travel(later, tick=True), pytest.raises(TesterLinkError):
        come_back(token=token)
    for bent in (f"{token}x", token[:-1], "", "a:b:c"):
        with pytest.raises(TesterLinkError):
            come_back(token=bent)


def test_a_link_does_what_its_letter_says_only(tess: Arrival) -> None:
    come_back_letter(app_id=tess.tester.app_id, email="tess@example.com")
    token = token_of(link_sent())
    for misused in (address_confirm, mail_stop):
        with pytest.raises(TesterLinkError):
            misused(token=token)


def test_a_version_is_told_once_to_who_wants_it_and_has_it(beta: Channel, nurses: TesterGroup) -> None:
    wants = joins(invited(nurses).link, wants_mail=True).tester
    joins(invited(nurses, "without-device@example.com").link, wants_mail=True)
    enrolled(wants)
    silent = joins(invited(nurses, "silent@example.com").link).tester
    enrolled(silent, "8f0f2f4e-0000-4000-8000-00000000cafe")
    released(Channel.objects.get(name="production"), "1.0.0")
    released(beta, "2.0.0")
    Release.objects.update(notes="Faster.")
    assert (versions_tell(), versions_tell()) == (1, 0)
    assert letters_send() == 1
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["tess@example.com"], "Clinic 2.0.0 is out for testers")
    assert "Faster." in str(letter.body)


@pytest.fixture
def both(tess: Arrival, beta: Channel) -> tuple[TesterGroup, Arrival]:
    """Tess is in a second beta too, which has two channels, and has a phone on each channel."""
    owls = group_made(channel_made(beta.app, "nightly", public=False), beta, name="Owls", may_switch=True)
    again = joins(mailed(owls))
    enrolled(again.tester)
    code = join_code_make(tester=again.tester, channel_name="nightly")
    device_enroll(app_id=beta.app_id, device_id="another", platform="ios", code=code)
    Letter.objects.all().delete()
    return owls, again


def mail_chosen(arrival: Arrival, *groups: TesterGroup) -> None:
    path = f"/beta/me/{arrival.secret}/mail/"
    assert Client().post(path, {"wants_mail": [group.pk for group in groups]}).status_code == 302


def told_of() -> list[str]:
    versions_tell()
    letters_send()
    return [each.subject.split()[1] for each in mail.outbox]


def test_letters_are_chosen_for_each_beta(
    both: tuple[TesterGroup, Arrival], beta: Channel, nurses: TesterGroup
) -> None:
    owls, tess = both
    mail_chosen(tess, nurses)
    page = Client().get(f"/beta/me/{tess.secret}/").content.decode()
    assert f'name="wants_mail" value="{nurses.pk}" checked' in page
    assert f'name="wants_mail" value="{owls.pk}">' in page
    assert "a new version is out for Nurses" in page
    assert "a new version is out for Owls" in page
    released(Channel.objects.get(name="nightly"), "3.0.0")
    assert told_of() == []
    released(beta, "2.0.0")
    assert told_of() == ["2.0.0"]


def test_a_channel_of_two_betas_is_told_of_once_to_who_wants_it_for_either(
    both: tuple[TesterGroup, Arrival], beta: Channel, nurses: TesterGroup
) -> None:
    owls, tess = both
    mail_chosen(tess, owls, nurses)
    released(beta, "2.0.0")
    assert told_of() == ["2.0.0"]


def test_a_choice_for_a_beta_that_is_over_counts_no_more(
    both: tuple[TesterGroup, Arrival], beta: Channel, nurses: TesterGroup
) -> None:
    _, tess = both
    mail_chosen(tess, nurses)
    tester_group_change(group=nurses, actor=SYSTEM, ends_at=clock.now() + timedelta(days=1))
    released(beta, "2.0.0")
    with time_machine.travel(clock.now() + timedelta(days=2), tick=True):
        assert told_of() == []


def test_joining_another_beta_leaves_the_choice_for_the_first(beta: Channel, nurses: TesterGroup) -> None:
    joins(invited(nurses).link, wants_mail=True)
    owls = group_made(channel_made(beta.app, "nightly", public=False), name="Owls")
    enrolled(joins(mailed(owls)).tester)
    Letter.objects.all().delete()
    released(beta, "2.0.0")
    assert told_of() == ["2.0.0"]


def test_notes_are_written_to_groups_that_see_them_only(beta: Channel, nurses: TesterGroup) -> None:
    enrolled(joins(invited(nurses).link, wants_mail=True).tester)
    tester_group_change(group=nurses, actor=SYSTEM, sees_notes=False)
    released(beta, "2.0.0")
    Release.objects.update(notes="Faster.")
    versions_tell()
    letters_send()
    assert "Faster." not in str(mail.outbox[0].body)


def test_nothing_is_told_of_what_is_not_live(beta: Channel, nurses: TesterGroup) -> None:
    enrolled(joins(invited(nurses).link, wants_mail=True).tester)
    bundle_made(beta.app, "2.0.0")
    released(beta, "2.0.0")
    Release.objects.update(state="paused")
    assert versions_tell() == 0
    assert Release.objects.get().testers_told_at is None


def wants_letters() -> bool:
    return TesterMembership.objects.filter(wants_mail=True).exists()


def test_letters_are_stopped_by_the_link_in_one(beta: Channel, nurses: TesterGroup) -> None:
    tester = joins(invited(nurses).link, wants_mail=True).tester
    enrolled(tester)
    released(beta, "2.0.0")
    versions_tell()
    path = link_sent()
    Client().get(path)
    assert wants_letters()
    with time_machine.travel(clock.now() + timedelta(days=400), tick=True):
        Client().post(path)
    assert not wants_letters()


def test_nothing_is_kept_of_a_letter_that_went_out_or_that_nobody_takes(nurses: TesterGroup) -> None:
    invited(nurses, send=True)
    letters_send()
    assert not Letter.objects.exists()
    invited(group_made(nurses.channels.get(), name="Owls"), "gone@example.com", send=True)
    with time_machine.travel(clock.now() + timedelta(days=3, seconds=1), tick=True):
        assert letters_send() == 0
    assert not Letter.objects.exists()


def test_who_is_being_erased_gets_no_letter(tess: Arrival) -> None:
    tester_deletion_request(tester=tess.tester)
    assert not come_back_letter(app_id=tess.tester.app_id, email="tess@example.com")
