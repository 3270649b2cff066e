"""Grants: made and ended on a confirmation, refused by services and by the database, over by the clock."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.domain.access import Place
from accounts.domain.roles import GRANTABLE, Permission, Role
from accounts.errors import GrantRefusedError, OwnAccessError, PermissionDeniedError, StepUpRequiredError
from accounts.models import Grant, Letter, StepUp, User
from accounts.selectors.places import AppPlaces, places_known
from accounts.services.grants import (
    GrantWish,
    grant_end,
    grant_end_operation,
    grant_make,
    grant_make_operation,
)
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.actors import actor_made, granted
from tests.support.at_once import at_once
from tests.support.confirming import confirmed
from tests.support.people import person
from tests.support.shipping import APP_ID, app_made, channel_made, recorded
from updates.models import App

DAY = timedelta(days=1)
PUBLISH = Permission.RELEASE_PUBLISH


@pytest.fixture(autouse=True)
def app(db: None) -> App:
    app = app_made()
    channel_made(app, "beta", public=False)
    channel_made(app, "production")
    return app


def wish(
    permission: Permission = PUBLISH, app_id: str = APP_ID, channel: str = "", **changed: Any
) -> GrantWish:
    return GrantWish(permission, Place(app_id, channel), **{"reason": "Rita is on holiday.", **changed})


def make(giver: User, taker: User, what: GrantWish) -> Grant:
    operation = grant_make_operation(person=taker, wish=what)
    return grant_make(person=taker, wish=what, authority=confirmed(giver, operation))


def end(ender: User, grant: Grant) -> Grant:
    return grant_end(grant=grant, authority=confirmed(ender, grant_end_operation(grant=grant)))


def afresh(user: User) -> User:
    """The person as the next request meets them."""
    return User.objects.get(pk=user.pk)


def test_a_grant_gives_its_permission_at_its_place_and_is_on_record(ada: User, olaf: User) -> None:
    ends = clock.now() + DAY
    grant = make(ada, olaf, wish(channel="beta", expires_at=ends))
    assert afresh(olaf).may(PUBLISH, app_id=APP_ID, channel="beta")
    assert not afresh(olaf).may(PUBLISH, app_id=APP_ID, channel="production")
    assert not afresh(olaf).may(PUBLISH, app_id=APP_ID)
    assert not afresh(olaf).may(PUBLISH)
    (event,) = recorded(Action.GRANT_MADE)
    assert (event.actor_id, event.app_id, event.object_id) == (str(ada.pk), APP_ID, str(olaf.pk))
    assert event.detail == {
        "grant": grant.pk,
        "permission": "release_publish",
        "channel": "beta",
        "expires_at": ends.isoformat(),
    }


def test_whom_it_is_for_is_told_by_mail(ada: User, olaf: User) -> None:
    make(ada, olaf, wish(channel="beta"))
    letter = Letter.objects.get(person=olaf)
    assert letter.subject == "What you may do in the console has changed"
    assert f"You may publish releases on {APP_ID} / beta." in letter.body
    assert "Rita is on holiday." in letter.body
    assert "Ada changed this." in letter.body


def test_an_expired_grant_gives_nothing_and_needs_no_task(ada: User, olaf: User) -> None:
    make(ada, olaf, wish(expires_at=clock.now() + DAY))
    same_request = afresh(olaf)
    assert same_request.may(PUBLISH, app_id=APP_ID)
    with time_machine.travel(clock.now() + DAY, tick=False):
        assert not same_request.may(PUBLISH, app_id=APP_ID)  # what was read before doesn't outlive it
        assert not afresh(olaf).may_somewhere(Permission.APP_VIEW)
        assert Grant.objects.get().ended_at is None


def test_after_an_expired_grant_there_can_be_another(ada: User, olaf: User) -> None:
    first = make(ada, olaf, wish(expires_at=clock.now() + DAY))
    with time_machine.travel(clock.now() + 2 * DAY, tick=False):
        second = make(ada, olaf, wish())
        assert afresh(olaf).may(PUBLISH, app_id=APP_ID)
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (first.expires_at, None)
    assert second.pk != first.pk


def test_an_ended_grant_gives_nothing_and_stays_on_record(ada: User, olaf: User) -> None:
    grant = end(ada, make(ada, olaf, wish()))
    assert not afresh(olaf).may(PUBLISH, app_id=APP_ID)
    assert (grant.ended_by, Grant.objects.count()) == (ada, 1)
    assert [event.actor_id for event in recorded(Action.GRANT_ENDED)] == [str(ada.pk)]
    assert "has been ended" in Letter.objects.get(person=olaf, body__contains="ended").body
    assert make(ada, olaf, wish()).pk != grant.pk  # and there can be another


@pytest.mark.parametrize("over", ["ended", "expired"])
def test_what_is_over_cannot_be_ended(over: str, ada: User, olaf: User) -> None:
    grant = make(ada, olaf, wish(expires_at=clock.now() + DAY))
    if over == "ended":
        end(ada, grant)
    with (
        time_machine.travel(clock.now() + (2 * DAY if over == "expired" else timedelta(0)), tick=False),
        pytest.raises(GrantRefusedError, match="over already"),
    ):
        end(ada, grant)


@pytest.mark.parametrize("permission", sorted(set(Permission) - GRANTABLE))
def test_what_comes_with_a_role_only_is_not_granted(permission: Permission, ada: User, olaf: User) -> None:
    with pytest.raises(GrantRefusedError, match="on an app"):
        make(ada, olaf, wish(permission))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param(
            {"permission": Permission.BUNDLE_UPLOAD, "channel": "beta"}, "on a channel", id="upload"
        ),
        pytest.param({"app_id": "com.example.none"}, "There is no com.example.none", id="app"),
        pytest.param({"channel": "gamma"}, "There is no", id="channel"),
        pytest.param({"app_id": ""}, "There is no", id="console"),
        pytest.param({"reason": "  "}, "Give a reason", id="no reason"),
        pytest.param({"reason": "x" * 301}, "Give a reason", id="a novel"),
        pytest.param({"expires_at": "now"}, "in the future", id="over already"),
    ],
)
def test_terms_are_checked(asked: dict[str, Any], said: str, ada: User, olaf: User) -> None:
    if asked.get("expires_at") == "now":
        asked = {"expires_at": clock.now()}
    with pytest.raises(GrantRefusedError, match=said):
        make(ada, olaf, wish(**asked))
    assert not Grant.objects.exists()


def test_the_same_is_not_granted_twice(ada: User, olaf: User) -> None:
    make(ada, olaf, wish())
    with pytest.raises(GrantRefusedError, match="already"):
        make(ada, olaf, wish(reason="Another one."))
    make(ada, olaf, wish(channel="beta"))  # another place is another grant


def test_nobody_grants_to_themselves(ada: User) -> None:
    with pytest.raises(OwnAccessError):
        make(ada, ada, wish())
    assert not Grant.objects.exists()


def test_who_has_a_permission_cannot_pass_it_on(rita: User, olaf: User) -> None:
    assert rita.may(PUBLISH)
    with pytest.raises(PermissionDeniedError):
        make(rita, olaf, wish())


def test_a_grant_passes_nothing_on_either(ada: User, rita: User, olaf: User) -> None:
    make(ada, olaf, wish())
    helper = actor_made("helper")
    with pytest.raises(PermissionDeniedError):
        make(afresh(olaf), helper, wish())


def test_an_external_auditor_is_granted_nothing(ada: User) -> None:
    visitor = actor_made("visitor")
    visitor.groups.add(visitor.groups.model.objects.get(name=Role.EXTERNAL_AUDITOR.value))
    with pytest.raises(GrantRefusedError, match="external auditor"):
        make(ada, visitor, wish())


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"channel": "production"}, id="channel"),
        pytest.param({"permission": Permission.RELEASE_ROLL_BACK}, id="permission"),
        pytest.param({"reason": "Something else."}, id="reason"),
        pytest.param({"expires_at": None}, id="end"),
    ],
)
def test_a_confirmation_is_for_these_terms_only(changed: dict[str, Any], ada: User, olaf: User) -> None:
    terms: dict[str, Any] = {"channel": "beta", "expires_at": clock.now() + DAY}
    operation = grant_make_operation(person=olaf, wish=wish(**terms))
    with pytest.raises(StepUpRequiredError):
        grant_make(person=olaf, wish=wish(**{**terms, **changed}), authority=confirmed(ada, operation))
    assert not Grant.objects.exists()


def test_a_confirmation_is_for_the_person_as_they_stand(ada: User, olaf: User) -> None:
    authority = confirmed(ada, grant_make_operation(person=olaf, wish=wish()))
    olaf.groups.add(olaf.groups.model.objects.get(name=Role.APP_DEVELOPER.value))
    with pytest.raises(StepUpRequiredError):
        grant_make(person=olaf, wish=wish(), authority=authority)


def test_one_confirmation_makes_one_grant(ada: User, olaf: User) -> None:
    authority = confirmed(ada, grant_make_operation(person=olaf, wish=wish()))
    grant = grant_make(person=olaf, wish=wish(), authority=authority)
    end(ada, grant)
    with pytest.raises(StepUpRequiredError):
        grant_make(person=olaf, wish=wish(), authority=authority)


def test_who_is_deactivated_may_nothing_whatever_they_were_granted(ada: User, olaf: User) -> None:
    make(ada, olaf, wish())
    User.objects.filter(pk=olaf.pk).update(is_active=False)
    gone = afresh(olaf)
    assert not gone.may(PUBLISH, app_id=APP_ID)
    assert not gone.may_somewhere(Permission.APP_VIEW)
    assert not gone.may_somewhere(Permission.APP_VIEW, app_id=APP_ID)


ROW: dict[str, Any] = {"app_id": APP_ID, "permission": "release_publish", "reason": "So."}


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        pytest.param({"permission": "key_operate"}, "accounts_grant_permission", id="a key"),
        pytest.param({"permission": "people_manage"}, "accounts_grant_permission", id="people"),
        pytest.param(
            {"permission": "bundle_upload", "channel": "beta"}, "accounts_grant_permission", id="upload"
        ),
        pytest.param({"app_id": ""}, "accounts_grant_complete", id="no app"),
        pytest.param({"reason": ""}, "accounts_grant_complete", id="no reason"),
        pytest.param({"expires_at": -1}, "accounts_grant_expires", id="ends before it begins"),
        pytest.param({"expires_at": 0}, "accounts_grant_expires", id="no time at all"),
        pytest.param({"ended_at": -1}, "accounts_grant_ended", id="ended before it began"),
        pytest.param({"ended_by": "ada"}, "accounts_grant_ended", id="ended by somebody and not ended"),
        pytest.param({"granted_by": "olaf"}, "accounts_grant_not_to_oneself", id="to oneself"),
    ],
)
def test_the_database_refuses(broken: dict[str, Any], constraint: str, ada: User, olaf: User) -> None:
    now, people = clock.now(), {"ada": ada, "olaf": olaf}
    values = {
        column: people[value]
        if column.endswith("_by")
        else now + value * DAY
        if column.endswith("_at")
        else value
        for column, value in broken.items()
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Grant.objects.create(**{"person": olaf, "created_at": now, **ROW, **values})


def test_the_database_holds_one_standing_grant_of_a_kind(olaf: User) -> None:
    granted(olaf, PUBLISH, APP_ID)
    with pytest.raises(IntegrityError), transaction.atomic():
        granted(olaf, PUBLISH, APP_ID)
    Grant.objects.update(ended_at=clock.now())
    granted(olaf, PUBLISH, APP_ID)


def test_most_people_cost_one_query_and_a_grant_one_more(
    rita: User, olaf: User, django_assert_num_queries: Any
) -> None:
    granted(olaf, PUBLISH, APP_ID)
    ask: list[Callable[[User], bool]] = [
        lambda user: user.may(PUBLISH, app_id=APP_ID),
        lambda user: user.may(Permission.APP_VIEW, app_id=APP_ID, channel="beta"),
        lambda user: user.may_somewhere(Permission.APP_VIEW),
        lambda user: user.has_perm("accounts.app_view") or True,
    ]
    for user, queries in ((afresh(rita), 1), (afresh(olaf), 2)):
        with django_assert_num_queries(queries):
            assert all(may(user) for may in ask)


def test_django_asks_the_same_rule(olaf: User) -> None:
    olaf.is_superuser = True
    assert not olaf.has_perm("accounts.people_manage")
    auditor = person("audra")
    assert auditor.has_perm("accounts.audit_view")
    assert not auditor.has_perm("ledger.audit_view")
    assert not auditor.has_perm("accounts.something_else")


def test_places_are_the_apps_with_their_channels() -> None:
    assert places_known() == [AppPlaces(APP_ID, "Clinic", ("beta", "production"))]


@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_same_grant_at_once_make_one(ada: User, olaf: User) -> None:
    grace = actor_made("grace")
    grace.groups.add(grace.groups.model.objects.get(name=Role.ADMINISTRATOR.value))
    operation = grant_make_operation(person=olaf, wish=wish())
    proofs = [confirmed(giver, operation) for giver in (ada, grace)]

    def act(proof: StepUp) -> str:
        try:
            grant_make(person=olaf, wish=wish(), authority=proof)
        except GrantRefusedError as error:
            return error.code
        return "made"

    assert sorted(at_once([partial(act, proof) for proof in proofs])) == ["grant_refused", "made"]
    assert Grant.objects.count() == 1
