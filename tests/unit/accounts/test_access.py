"""The one rule of who may do what: each way to a right, and each way that isn't one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.domain.access import (
    CONSOLE,
    All,
    Grant,
    Holdings,
    Place,
    access_open_apps,
    access_open_channels,
    access_reasons,
    access_reasons_inside,
    permissions_at,
)
from accounts.domain.engagements import Engagement, Report
from accounts.domain.roles import GRANTABLE, GRANTABLE_ON_CHANNEL, ROLE_PERMISSIONS, Permission, Role

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
APP, BETA = Place("com.example.clinic"), Place("com.example.clinic", "beta")
PRODUCTION, OTHER = Place("com.example.clinic", "production"), Place("com.example.other")
NOBODY = Holdings()


def grant(permission: Permission, place: Place = APP, **changed: object) -> Grant:
    return replace(Grant(id=12, permission=permission, place=place, granted_by="Ada"), **changed)  # type: ignore[arg-type]


def told(holdings: Holdings, permission: Permission, place: Place = CONSOLE) -> list[str]:
    return [str(reason) for reason in access_reasons(holdings, permission, place, now=NOW)]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gives_what_the_table_says_everywhere_and_nothing_else(role: Role) -> None:
    holdings = Holdings(roles=frozenset({role}))
    for place in (CONSOLE, APP, BETA):
        given = {each for each in Permission if told(holdings, each, place)}
        assert given == ROLE_PERMISSIONS[role]


def test_who_holds_nothing_may_nothing() -> None:
    assert not any(told(NOBODY, each, place) for each in Permission for place in (CONSOLE, APP, BETA))


@pytest.mark.parametrize(
    ("on", "asked", "covers"),
    [
        pytest.param(APP, APP, True, id="the app itself"),
        pytest.param(APP, BETA, True, id="a channel of the app"),
        pytest.param(APP, OTHER, False, id="another app"),
        pytest.param(APP, CONSOLE, False, id="the console"),
        pytest.param(BETA, BETA, True, id="the channel itself"),
        pytest.param(BETA, PRODUCTION, False, id="another channel"),
        pytest.param(BETA, APP, False, id="the app of the channel"),
        pytest.param(BETA, Place(OTHER.app_id, "beta"), False, id="another app's channel of that name"),
        pytest.param(BETA, CONSOLE, False, id="the console by a channel"),
    ],
)
def test_a_grant_covers_its_place(on: Place, asked: Place, covers: bool) -> None:  # noqa: FBT001 (a column of the table)
    holdings = Holdings(grants=(grant(Permission.RELEASE_PUBLISH, on),))
    assert bool(told(holdings, Permission.RELEASE_PUBLISH, asked)) is covers


def test_a_grant_gives_what_it_says_and_a_look() -> None:
    holdings = Holdings(grants=(grant(Permission.RELEASE_PUBLISH),))
    given = {each for each in Permission if told(holdings, each, APP)}
    assert given == {Permission.RELEASE_PUBLISH, Permission.APP_VIEW}


def test_a_grant_ends_at_its_moment() -> None:
    ends = NOW + timedelta(days=1)
    holdings = Holdings(grants=(grant(Permission.APP_VIEW, expires_at=ends),))
    before, at = ends - timedelta(microseconds=1), ends
    assert access_reasons(holdings, Permission.APP_VIEW, APP, now=before)
    assert not access_reasons(holdings, Permission.APP_VIEW, APP, now=at)
    assert access_open_apps(holdings, Permission.APP_VIEW, now=at) == frozenset()


def test_every_reason_is_told() -> None:
    ends = NOW + timedelta(days=1)
    holdings = Holdings(
        roles=frozenset({Role.RELEASE_MANAGER, Role.APPROVER}),
        grants=(
            grant(Permission.RELEASE_ROLL_BACK, expires_at=ends),
            grant(Permission.RELEASE_ROLL_BACK, BETA, id=13, granted_by=""),
        ),
    )
    assert told(holdings, Permission.RELEASE_ROLL_BACK, BETA) == [
        "role approver",
        "role release manager",
        "grant 12 by Ada until 2026-03-02 12:00 UTC",
        "grant 13",
    ]


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        pytest.param(CONSOLE, {APP, BETA, OTHER}, id="the console holds all"),
        pytest.param(APP, {BETA}, id="an app holds its channels"),
        pytest.param(BETA, set(), id="a channel holds nothing"),
        pytest.param(OTHER, set(), id="what covers all of it isn't inside"),
    ],
)
def test_what_is_allowed_on_a_part_is_told_with_the_part(asked: Place, parts: set[Place]) -> None:
    ended = grant(Permission.RELEASE_PUBLISH, PRODUCTION, expires_at=NOW)
    live = tuple(grant(Permission.RELEASE_PUBLISH, place) for place in (APP, BETA, OTHER))
    inside = access_reasons_inside(
        Holdings(grants=(ended, *live)), Permission.RELEASE_PUBLISH, asked, now=NOW
    )
    assert {place for place, _ in inside} == parts
    assert {str(reason) for _, reason in inside} <= {"grant 12 by Ada"}


def test_lists_hold_what_is_open_to_a_role_or_by_a_grant() -> None:
    helper = Holdings(grants=(grant(Permission.RELEASE_PUBLISH, BETA), grant(Permission.APP_VIEW, OTHER)))
    assert access_open_apps(helper, Permission.APP_VIEW, now=NOW) == frozenset({APP.app_id, OTHER.app_id})
    assert access_open_apps(helper, Permission.RELEASE_PUBLISH, now=NOW) == frozenset({APP.app_id})
    manager = Holdings(roles=frozenset({Role.RELEASE_MANAGER}))
    assert access_open_apps(manager, Permission.APP_VIEW, now=NOW) is All.ALL


def test_channels_of_an_app_are_open_one_by_one_or_all_together() -> None:
    helper = Holdings(grants=(grant(Permission.RELEASE_PUBLISH, BETA), grant(Permission.APP_VIEW, OTHER)))
    open_to = {
        app: access_open_channels(helper, Permission.APP_VIEW, app, now=NOW)
        for app in (APP.app_id, OTHER.app_id, "com.example.absent")
    }
    assert open_to == {APP.app_id: {"beta"}, OTHER.app_id: All.ALL, "com.example.absent": frozenset()}


def engaged(*reports: Report, role: Role | None = Role.EXTERNAL_AUDITOR) -> Holdings:
    engagement = Engagement(3, frozenset(reports), NOW - timedelta(days=1), NOW + timedelta(days=1))
    return Holdings(roles=frozenset({role} if role else ()), engagements=(engagement,))


@pytest.mark.parametrize(
    ("report", "opened"),
    [
        (Report.AUDIT_LOG, Permission.AUDIT_VIEW),
        (Report.PERMISSION_MATRIX, Permission.ACCESS_VIEW),
        (Report.KEYS_OVERVIEW, Permission.KEY_VIEW),
    ],
)
def test_an_engagement_opens_its_reports_and_nothing_else(report: Report, opened: Permission) -> None:
    holdings = engaged(report)
    assert {each for each in Permission if told(holdings, each)} == {opened}
    assert told(holdings, opened) == ["engagement 3 as external auditor until 2026-03-02 12:00 UTC"]


@pytest.mark.parametrize("days", [-1.5, 1, 2])
def test_before_and_after_an_engagement_there_is_nothing(days: float) -> None:
    then = NOW + timedelta(days=days)
    assert not access_reasons(engaged(*Report), Permission.AUDIT_VIEW, now=then)


@pytest.mark.parametrize("role", [None, Role.APPROVER])
def test_an_engagement_counts_for_external_auditors_only(role: Role | None) -> None:
    assert not told(engaged(*Report, role=role), Permission.AUDIT_VIEW)


def test_there_is_no_channel_without_its_app() -> None:
    with pytest.raises(ValueError, match="beta"):
        Place("", "beta")


@pytest.mark.parametrize(
    ("place", "text"), [(CONSOLE, "the console"), (APP, APP.app_id), (BETA, f"{APP.app_id} / beta")]
)
def test_a_place_is_written_as_people_read_it(place: Place, text: str) -> None:
    assert str(place) == text


def test_what_can_be_granted_somewhere_is_something_to_do_there() -> None:
    assert set(permissions_at(CONSOLE)) == set(Permission)
    assert set(permissions_at(APP)) > GRANTABLE
    assert set(permissions_at(BETA)) > GRANTABLE_ON_CHANNEL
    assert Permission.BUNDLE_UPLOAD not in permissions_at(BETA)
    assert not {Permission.PEOPLE_MANAGE, Permission.KEY_OPERATE} & GRANTABLE
