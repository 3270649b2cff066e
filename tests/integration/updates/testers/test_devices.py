"""Devices that join by a code, switch, and go back; and whatever takes their channel from them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.beta import PHONE, beta_made, enrolled, group_made, newly_joined
from tests.support.shipping import channel_made, recorded
from updates.errors import (
    DeviceLimitError,
    DeviceTakenError,
    InvalidValueError,
    JoinCodeRefusedError,
    NotFoundError,
    PlatformNotOfferedError,
    TesterStateError,
)
from updates.models import Channel, ChannelMember, JoinCode, Tester, TesterDevice, TesterGroup
from updates.selectors.decision_table import decision_table_version
from updates.services import channel_member_add
from updates.services.testers import (
    device_enroll,
    groups_over_settle,
    join_code_make,
    tester_device_leave,
    tester_device_switch,
    tester_group_change,
    tester_group_end,
    tester_leave,
    tester_remove,
)

OTHER_PHONE = "8f0f2f4e-0000-4000-8000-00000000cafe"


@pytest.fixture
def beta(db: None) -> Channel:
    return beta_made()


@pytest.fixture
def nurses(beta: Channel) -> TesterGroup:
    return group_made(beta)


@pytest.fixture
def tess(nurses: TesterGroup) -> Tester:
    return newly_joined(nurses)


def try_code(code: str, device_id: str = PHONE, platform: str = "android") -> str:
    enrolment = device_enroll(app_id="com.example.clinic", device_id=device_id, platform=platform, code=code)
    return enrolment.channel.name


def members() -> dict[str, str]:
    return dict(ChannelMember.objects.values_list("device_id", "channel__name"))


def test_a_device_joins_by_a_code(tess: Tester) -> None:
    before = decision_table_version()
    assert try_code(join_code_make(tester=tess), PHONE.upper(), "Android") == "beta"
    assert members() == {PHONE: "beta"}
    assert decision_table_version() > before
    (event,) = recorded(Action.TESTER_DEVICE_ENROLLED)
    assert (event.actor_kind, event.actor_id) == ("tester", str(tess.pk))
    assert PHONE not in str(event.detail)


def test_a_code_joins_one_device(tess: Tester) -> None:
    code = join_code_make(tester=tess)
    try_code(code)
    assert try_code(code) == "beta"  # the answer got lost
    with pytest.raises(JoinCodeRefusedError):
        try_code(code, OTHER_PHONE)
    tester_device_leave(tester=tess, device_pk=TesterDevice.objects.get().pk)
    with pytest.raises(JoinCodeRefusedError):
        try_code(code)
    assert members() == {}


def test_a_code_is_over_after_a_quarter_of_an_hour(tess: Tester) -> None:
    code = join_code_make(tester=tess)
    with (
        time_machine.travel(clock.now() + timedelta(minutes=15), tick=True),
        pytest.raises(JoinCodeRefusedError),
    ):
        try_code(code)


def test_another_code_ends_the_one_before(tess: Tester) -> None:
    first, second = join_code_make(tester=tess), join_code_make(tester=tess)
    with pytest.raises(JoinCodeRefusedError):
        try_code(first)
    assert try_code(second) == "beta"


def test_a_code_is_worth_nothing_at_another_app(tess: Tester) -> None:
    code = join_code_make(tester=tess)
    with pytest.raises(JoinCodeRefusedError):
        device_enroll(app_id="com.example.other", device_id=PHONE, platform="android", code=code)


def test_what_nobody_made_is_refused(tess: Tester) -> None:
    for code in ("", "beta", "ABCDE-FGHJK", "x" * 500):
        with pytest.raises(JoinCodeRefusedError):
            try_code(code)


def test_a_code_of_who_left_is_refused(tess: Tester) -> None:
    code = join_code_make(tester=tess)
    row = JoinCode.objects.get()
    tester_leave(tester=tess)
    row.save(force_insert=True)  # as if it had been made in the same moment
    with pytest.raises(JoinCodeRefusedError):
        try_code(code)
    with pytest.raises(TesterStateError):
        join_code_make(tester=tess)


def test_a_device_too_many_is_refused_and_the_code_stays_good(tess: Tester, nurses: TesterGroup) -> None:
    tester_group_change(group=nurses, actor=SYSTEM, max_devices=1)
    enrolled(tess)
    code = join_code_make(tester=tess)
    with pytest.raises(DeviceLimitError):
        try_code(code, OTHER_PHONE)
    tester_device_leave(tester=tess, device_pk=TesterDevice.objects.get().pk)
    assert try_code(code, OTHER_PHONE) == "beta"


def test_the_platform_must_be_the_group_s(tess: Tester, nurses: TesterGroup) -> None:
    tester_group_change(group=nurses, actor=SYSTEM, platforms=["ios"])
    with pytest.raises(PlatformNotOfferedError):
        enrolled(tess)


def test_no_device_of_somebody_else_is_taken_over(tess: Tester, nurses: TesterGroup, beta: Channel) -> None:
    enrolled(tess)
    mallory = newly_joined(nurses, "mallory@example.com")
    with pytest.raises(DeviceTakenError):
        enrolled(mallory)
    channel_member_add(channel=beta, device_id=OTHER_PHONE, actor=SYSTEM)
    with pytest.raises(DeviceTakenError):
        enrolled(mallory, OTHER_PHONE)
    assert TesterDevice.objects.get().tester == tess


def test_the_database_itself_holds_one_tester_to_a_device(tess: Tester) -> None:
    device = enrolled(tess)
    device.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        device.save(force_insert=True)


def test_no_device_can_have_such_an_id(tess: Tester) -> None:
    with pytest.raises(InvalidValueError):
        enrolled(tess, "a device/")


def test_a_device_of_one_s_own_joins_again(tess: Tester) -> None:
    first = enrolled(tess)
    assert enrolled(tess) == first
    tester_device_leave(tester=tess, device_pk=first.pk)
    assert enrolled(tess) != first
    assert members() == {PHONE: "beta"}


def test_who_may_choose_switches_a_device(tess: Tester, nurses: TesterGroup, beta: Channel) -> None:
    nightly = channel_made(beta.app, "nightly", public=False)
    tester_group_change(group=nurses, actor=SYSTEM, channels=[beta, nightly])
    device = enrolled(tess)
    with pytest.raises(TesterStateError):
        tester_device_switch(tester=tess, device_pk=device.pk, channel_name="nightly")
    tester_group_change(group=nurses, actor=SYSTEM, may_switch=True)
    tester_device_switch(tester=tess, device_pk=device.pk, channel_name="nightly")
    assert members() == {PHONE: "nightly"}
    for name in ("production", "nowhere"):
        with pytest.raises(TesterStateError):
            tester_device_switch(tester=tess, device_pk=device.pk, channel_name=name)
    assert join_code_make(tester=tess, channel_name="nightly")
    with pytest.raises(TesterStateError):
        join_code_make(tester=tess, channel_name="production")


def test_nobody_touches_the_device_of_another(tess: Tester, nurses: TesterGroup) -> None:
    device = enrolled(tess)
    mallory = newly_joined(nurses, "mallory@example.com")
    with pytest.raises(NotFoundError):
        tester_device_leave(tester=mallory, device_pk=device.pk)
    with pytest.raises(NotFoundError):
        tester_device_switch(tester=mallory, device_pk=device.pk, channel_name="beta")


@pytest.mark.parametrize(
    "how", ["leave", "remove", "remove from the group", "end", "another channel", "over", "for iOS only"]
)
def test_whatever_ends_a_right_brings_the_device_back(
    tess: Tester, nurses: TesterGroup, beta: Channel, how: str
) -> None:
    enrolled(tess)
    before = decision_table_version()
    if how == "leave":
        tester_leave(tester=tess)
    elif how == "remove":
        tester_remove(tester=tess, actor=SYSTEM)
    elif how == "remove from the group":
        tester_remove(tester=tess, group=nurses, actor=SYSTEM)
    elif how == "end":
        tester_group_end(group=nurses, actor=SYSTEM)
    elif how == "another channel":
        nightly = channel_made(beta.app, "nightly", public=False)
        tester_group_change(group=nurses, actor=SYSTEM, channels=[nightly])
    elif how == "over":
        TesterGroup.objects.update(ends_at=clock.now())
        assert (groups_over_settle(), groups_over_settle()) == (1, 0)
    else:
        tester_group_change(group=nurses, actor=SYSTEM, platforms=["ios"])
    assert members() == {}
    assert TesterDevice.objects.get().left_at is not None
    assert decision_table_version() > before
    assert len(recorded(Action.TESTER_DEVICE_LEFT)) == 1


def test_a_device_stays_by_another_group(tess: Tester, nurses: TesterGroup, beta: Channel) -> None:
    doctors = group_made(beta, name="Doctors")
    doctors.memberships.create(tester=tess, since=clock.now())
    enrolled(tess)
    tester_group_end(group=nurses, actor=SYSTEM)
    assert members() == {PHONE: "beta"}
