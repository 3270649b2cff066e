"""Groups of testers on their pages: made, changed, ended; and how far their testers have come."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.domain.roles import Permission
from accounts.models import User
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from tests.support.actors import granted
from tests.support.beta import (
    PHONE,
    beta_made,
    enrolled,
    group_link,
    group_made,
    invited,
    joins,
    newly_joined,
)
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, channel_made, released
from updates.models import Channel, Device, Tester, TesterGroup
from updates.selectors.tester_funnel import group_lines, group_testers, tester_funnel
from updates.services import channel_member_remove
from updates.services.testers import feedback_send, invite_open, invite_revoke, tester_leave

TESTERS = f"/console/apps/{APP_ID}/testers/"
FILLED = {"name": "Pilot wards", "channels": ["beta"], "max_devices": "2", "sees_notes": "on"}


@pytest.fixture
def beta(db: None) -> Channel:
    return beta_made()


@pytest.fixture
def group(beta: Channel) -> TesterGroup:
    return group_made(beta)


@pytest.fixture
def browser(rita: User) -> Client:
    return signed_in(rita)


def page_of(group: TesterGroup) -> str:
    return f"{TESTERS}groups/{group.pk}/"


def shown(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_group_is_made_and_changed(browser: Client, beta: Channel) -> None:
    made = browser.post(f"{TESTERS}groups/new/", FILLED | {"last_day": "2100-01-31"})
    group = TesterGroup.objects.get()
    assert made["Location"] == page_of(group)
    assert (group.max_devices, group.may_send_feedback) == (2, False)
    assert group.ends_at is not None
    assert f"{group.ends_at:%Y-%m-%d %H:%M}" == "2100-02-01 00:00"
    settings = f"{page_of(group)}settings/"
    assert 'value="2100-01-31"' in shown(browser.get(settings))
    browser.post(settings, FILLED | {"name": "All wards", "may_switch": "on"})
    changed = TesterGroup.objects.get()
    assert (changed.name, changed.may_switch, changed.ends_at) == ("All wards", True, None)
    assert "All wards" in shown(browser.get(TESTERS))


def test_a_name_that_is_taken_is_said_in_the_form(browser: Client, group: TesterGroup) -> None:
    answer = browser.post(f"{TESTERS}groups/new/", FILLED | {"name": group.name})
    assert "has a group Nurses already" in shown(answer)


def test_without_a_channel_or_a_group_the_page_says_what_to_do_next(browser: Client, beta: Channel) -> None:
    assert "Make the first group" in shown(browser.get(TESTERS))


def test_ending_says_what_becomes_of_how_many_devices(browser: Client, group: TesterGroup) -> None:
    enrolled(newly_joined(group))
    assert "<strong>1</strong> device gets the normal version" in shown(browser.get(f"{page_of(group)}end/"))
    browser.post(f"{page_of(group)}end/")
    page = shown(browser.get(page_of(group)))
    assert "This group has ended" in page
    assert f'href="{page_of(group)}invite/"' not in page


def test_a_group_on_a_channel_of_somebody_else_is_not_theirs(olaf: User, group: TesterGroup) -> None:
    """Who manages testers on one channel of the app sees groups that have no other."""
    other = channel_made(group.app, "staging", public=False)
    both = group_made(*group.channels.all(), other, name="Both")
    granted(olaf, Permission.APP_VIEW, APP_ID)
    granted(olaf, Permission.TESTER_MANAGE, APP_ID, "beta")
    browser = signed_in(olaf)
    page = shown(browser.get(TESTERS))
    assert "Nurses" in page
    assert "Both" not in page
    assert browser.get(page_of(group)).status_code == 200
    assert browser.get(page_of(both)).status_code == 403
    for action in ("end/", "invite/", "settings/"):
        assert browser.post(f"{page_of(both)}{action}", FILLED).status_code == 403
    chosen = browser.post(f"{TESTERS}groups/new/", FILLED | {"name": "Mine", "channels": ["staging"]})
    assert "staging is not one of the available choices" in shown(chosen)


def test_of_a_tester_in_several_betas_just_the_devices_on_ones_own_channels_are_shown(
    olaf: User, rita: User, group: TesterGroup
) -> None:
    staging = channel_made(group.app, "staging", public=False)
    tester = newly_joined(group_made(staging, name="Owls"))
    enrolled(tester)
    feedback_send(tester=tester, version="", text="The chart is empty")
    invited(group, send=True)  # it takes no more to find her among the group's testers
    granted(olaf, Permission.TESTER_MANAGE, APP_ID, "beta")
    pages = [page_of(group), f"{TESTERS}{tester.pk}/"]
    for told in (shown(signed_in(olaf).get(page)) for page in pages):
        assert "Tess" in told
        assert PHONE[:8] not in told
        assert "staging" not in told
        assert "The chart is empty" not in told
    assert all(PHONE[:8] in shown(signed_in(rita).get(page)) for page in pages)


def reaches(group: TesterGroup) -> dict[str, int]:
    return {stage.name: stage.people for stage in tester_funnel(group=group)}


def lines(group: TesterGroup, stage: str = "", **later: int) -> list[tuple[str, str, str]]:
    found = group_testers(group=group, stage=stage)
    made = group_lines(group=group, testers=found, now=clock.now() + timedelta(**later))
    return [(line.tester.email, line.stage, line.state) for line in made]


def runs(device_id: str, version: str) -> None:
    now = clock.now()
    Device.objects.create(
        app_id=APP_ID,
        device_id=device_id,
        version=version,
        version_at=now,
        first_seen_at=now,
        last_seen_at=now,
    )


def test_the_funnel_counts_how_far_testers_have_come(group: TesterGroup, beta: Channel) -> None:
    released(beta, "1.0.0")
    released(beta, "1.1.0")
    invited(group, "a@example.com")
    invite_open(secret=invited(group, "b@example.com").link.rstrip("/").rpartition("/")[2])
    newly_joined(group, "c@example.com")
    enrolled(newly_joined(group, "d@example.com"), "old")
    enrolled(newly_joined(group, "e@example.com"), "new")
    joins(group_link(group).link)
    runs("old", "1.0.0")
    runs("new", "1.1.0")
    assert reaches(group) == {"sent": 6, "opened": 5, "accepted": 4, "joined": 2, "latest": 1}
    assert lines(group, "opened") == [("b@example.com", "opened", "")]
    assert [stage for _, stage, _ in lines(group, "accepted")] == ["accepted", "accepted"]
    assert lines(group, "latest") == [("e@example.com", "latest", "")]


def test_a_device_on_another_channel_is_not_on_the_latest(group: TesterGroup, beta: Channel) -> None:
    released(beta, "1.0.0")
    device = enrolled(newly_joined(group))
    runs(device.device_id, "1.0.0")
    assert reaches(group)["latest"] == 1
    channel_member_remove(channel=beta, device_id=device.device_id, actor=SYSTEM)
    assert reaches(group)["latest"] == 0


def test_what_is_paused_is_not_the_latest(group: TesterGroup, beta: Channel) -> None:
    released(beta, "1.0.0")
    newest = released(beta, "1.1.0", rollout_bps=1000)
    runs(enrolled(newly_joined(group)).device_id, "1.0.0")
    assert reaches(group)["latest"] == 0
    newest.state = "paused"
    newest.save()
    assert reaches(group)["latest"] == 1


def test_another_groups_testers_are_not_counted(group: TesterGroup, beta: Channel) -> None:
    newly_joined(group_made(beta, name="Doctors"), "doc@example.com")
    assert reaches(group) == dict.fromkeys(["sent", "opened", "accepted", "joined", "latest"], 0)
    invited(group, "doc@example.com", send=True)
    assert reaches(group) == {"sent": 1, "opened": 0, "accepted": 0, "joined": 0, "latest": 0}


def test_why_somebody_comes_no_further_is_said(group: TesterGroup) -> None:
    tester_leave(tester=newly_joined(group, "left@example.com"))
    invite_revoke(invite=invited(group, "revoked@example.com").invite, actor=SYSTEM)
    invited(group, "slow@example.com")
    assert lines(group, days=15) == [
        ("left@example.com", "accepted", "left"),
        ("revoked@example.com", "sent", "revoked"),
        ("slow@example.com", "sent", "expired"),
    ]


def test_a_group_of_many_takes_as_few_queries_as_one_of_few(
    browser: Client, group: TesterGroup, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        enrolled(newly_joined(group, f"t{number}@example.com"), f"phone-{number}")
    browser.get(page_of(group))
    with django_assert_max_num_queries(45):
        browser.get(page_of(group))
    assert Tester.objects.count() == 12
