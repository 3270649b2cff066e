"""Leaving, being removed, and being erased: what stays is a number in the audit log."""

from typing import Any

import pytest

from accounts.models import Letter
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.beta import PHONE, enrolled, group_link, group_made, invited, joins, mailed
from tests.support.shipping import app_made, channel_made, recorded
from updates.domain.testers.notice import NOTICE_VERSION
from updates.errors import (
    ConflictError,
    InvalidValueError,
    InviteOverError,
    NotFoundError,
    TesterStateError,
)
from updates.models import (
    ChannelMember,
    ConsentRecord,
    Device,
    JoinCode,
    Tester,
    TesterDevice,
    TesterFeedback,
    TesterGroup,
    TesterInvite,
    TesterMembership,
)
from updates.services.testers import (
    Arrival,
    feedback_send,
    join_code_make,
    tester_deletion_request,
    tester_erase,
    tester_group_change,
    tester_group_create,
    tester_invite,
    tester_leave,
    tester_remove,
    testers_erase_requested,
)
from updates.services.testers.consents import consent_note


def test_leaving_keeps_the_page_and_nothing_else(tess: Arrival) -> None:
    enrolled(tess.tester)
    join_code_make(tester=tess.tester)
    tester_leave(tester=tess.tester)
    tester = Tester.objects.get()
    assert (tester.left_at is not None, list(tester.groups.all())) == (True, [])
    assert not JoinCode.objects.exists()
    assert not ChannelMember.objects.exists()
    with pytest.raises(TesterStateError):
        tester_leave(tester=tester)


def test_who_left_comes_back_by_another_invite(tess: Arrival, nurses: TesterGroup) -> None:
    tester_leave(tester=tess.tester)
    again = joins(invited(nurses).link)
    assert again.tester == tess.tester
    assert Tester.objects.get().left_at is None
    enrolled(again.tester)


def test_removing_somebody_invited_ends_their_invite(nurses: TesterGroup) -> None:
    made = invited(nurses)
    assert made.invite.tester is not None
    tester_remove(tester=made.invite.tester, group=nurses, actor=SYSTEM)
    with pytest.raises(InviteOverError):
        joins(made.link)
    with pytest.raises(NotFoundError):
        tester_remove(tester=made.invite.tester, group=nurses, actor=SYSTEM)


def test_removing_from_one_group_leaves_the_other(tess: Arrival, nurses: TesterGroup) -> None:
    other = group_made(nurses.channels.get(), name="Owls")
    joins(mailed(other))
    enrolled(tess.tester)
    tester_remove(tester=tess.tester, group=nurses, actor=SYSTEM)
    assert list(tess.tester.groups.all()) == [other]
    assert ChannelMember.objects.count() == 1


def test_a_consent_is_on_record_from_joining_to_leaving(tess: Arrival) -> None:
    standing = ConsentRecord.objects.get()
    assert (standing.tester, standing.text_version) == (tess.tester, NOTICE_VERSION)
    assert (standing.given_at, standing.withdrawn_at) == (tess.tester.accepted_at, None)
    tester_leave(tester=tess.tester)
    standing.refresh_from_db()
    assert (standing.withdrawn_at is not None, standing.withdrawn_by) == (True, "person")


def test_another_text_is_another_consent_and_who_is_taken_out_has_none_left(tess: Arrival) -> None:
    consent_note(tester=tess.tester, text_version=NOTICE_VERSION, now=clock.now())
    consent_note(tester=tess.tester, text_version="another", now=clock.now())
    tester_remove(tester=tess.tester, actor=SYSTEM)
    kept = ConsentRecord.objects.order_by("pk").values_list("text_version", "withdrawn_by")
    assert list(kept) == [(NOTICE_VERSION, "renewed"), ("another", "team")]


def test_erasing_leaves_nothing_but_a_number(tess: Arrival, nurses: TesterGroup) -> None:
    enrolled(tess.tester)
    now = clock.now()
    Device.objects.create(
        app=nurses.app,
        device_id=PHONE,
        custom_id="tess",
        attributes={"ward": "3"},
        first_seen_at=now,
        last_seen_at=now,
    )
    feedback_send(tester=tess.tester, text="It works.", version="")
    join_code_make(tester=tess.tester)
    other = group_made(nurses.channels.get(), name="Owls")
    tester_invite(group=other, name="Tess", email="tess@example.com", send=True, actor=SYSTEM, person=None)
    pk = tess.tester.pk
    tester_erase(tester=tess.tester, actor=SYSTEM)
    for model in (Tester, TesterDevice, TesterFeedback, TesterMembership, JoinCode, ChannelMember, Letter):
        assert not model.objects.exists(), model
    assert not TesterInvite.objects.filter(tester__isnull=False).exists()
    # A code proves nobody's phone: what is held of that is its own.
    assert (Device.objects.get().custom_id, Device.objects.get().attributes) == ("tess", {"ward": "3"})
    assert [event.object_id for event in recorded(Action.TESTER_ERASED)] == [str(pk)]
    log = " ".join(f"{event.actor_id} {event.object_id} {event.detail}" for event in AuditEvent.objects.all())
    assert not any(word in log for word in ("Tess", "tess", PHONE, "It works"))
    with pytest.raises(NotFoundError):
        tester_erase(tester=Tester(pk=pk, app=nurses.app), actor=SYSTEM)


def test_a_wish_for_deletion_is_granted_by_the_next_run(tess: Arrival, nurses: TesterGroup) -> None:
    enrolled(tess.tester)
    tester_deletion_request(tester=tess.tester)
    assert not ChannelMember.objects.exists()
    with pytest.raises(TesterStateError):
        tester_deletion_request(tester=tess.tester)
    with pytest.raises(TesterStateError):
        invited(nurses)
    assert (testers_erase_requested(), testers_erase_requested()) == (1, 0)
    assert not Tester.objects.exists()
    assert joins(invited(nurses).link).tester.email == "tess@example.com"  # as somebody new


def test_a_link_of_a_group_stays_good_when_who_came_by_it_is_erased(nurses: TesterGroup) -> None:
    link = group_link(nurses, cap=2).link
    tester_erase(tester=joins(link).tester, actor=SYSTEM)
    assert joins(link).tester.name == "Tess"


def test_a_group_that_cannot_be(nurses: TesterGroup) -> None:
    fields: dict[str, Any] = {"name": "Owls", "channels": list(nurses.channels.all())}
    other = group_made(nurses.channels.get(), name="Doctors")
    cases: list[tuple[dict[str, Any], type[Exception]]] = [
        ({"name": " "}, InvalidValueError),
        ({"name": "Nurses"}, ConflictError),
        ({"max_devices": 0}, InvalidValueError),
        ({"max_devices": 101}, InvalidValueError),
        ({"platforms": ["electron"]}, InvalidValueError),
        ({"ends_at": clock.now()}, InvalidValueError),
        ({"channels": []}, InvalidValueError),
    ]
    for changed, error in cases:
        with pytest.raises(error):
            tester_group_create(app=nurses.app, actor=SYSTEM, person=None, **fields | changed)
        with pytest.raises(error):
            tester_group_change(group=other, actor=SYSTEM, **changed)


def test_a_group_takes_no_channel_of_another_app(nurses: TesterGroup) -> None:
    elsewhere = channel_made(app_made("com.example.other"), "beta", public=False)
    with pytest.raises(InvalidValueError, match="isn't one of Clinic"):
        tester_group_change(group=nurses, actor=SYSTEM, channels=[elsewhere])
    assert [channel.app_id for channel in nurses.channels.all()] == [nurses.app_id]
