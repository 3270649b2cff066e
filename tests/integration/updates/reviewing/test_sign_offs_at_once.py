"""Several who sign at the same moment."""

from collections.abc import Callable

import pytest

from accounts.domain.roles import Role
from accounts.models import RoleGroup, StepUp, User
from compliance.ledger.domain.events import SYSTEM, Action
from tests.integration.updates.reviewing.conftest import needs
from tests.support.actors import actor_made
from tests.support.at_once import at_once
from tests.support.confirming import confirmed
from tests.support.shipping import app_made, bundle_made, channel_made, recorded
from updates.errors import AlreadySignedError, ReleaseStateError
from updates.models import Release, SignOff
from updates.services import release_draft, release_submit
from updates.services.sign_offs import release_sign_off, sign_off_operation

APPROVERS = 3


@pytest.fixture
def crowd(transactional_db: None) -> tuple[Release, list[User]]:
    """A release that so many have to sign, and they."""
    channel = channel_made(app_made())
    needs(channel, approver=APPROVERS)
    people = [actor_made(f"approver {number}") for number in range(APPROVERS)]
    for user in people:
        user.groups.add(RoleGroup.objects.get(name=Role.APPROVER.value))
    bundle_made(channel.app, "1.0.0")
    draft = release_draft(channel=channel, version="1.0.0", actor=SYSTEM)
    return release_submit(release=draft, actor=SYSTEM), people


def signing(release: Release, user: User) -> Callable[[], bool]:
    step_up = confirmed(user, sign_off_operation(release=release, role="approver"))

    def act() -> bool:
        try:
            release_sign_off(release=release, role="approver", attests=True, step_up=step_up)
        except (AlreadySignedError, ReleaseStateError):
            return False
        return True

    return act


@pytest.mark.django_db(transaction=True)
def test_of_all_the_last_one_alone_makes_it_live(crowd: tuple[Release, list[User]]) -> None:
    release, people = crowd
    assert all(at_once([signing(release, user) for user in people]))
    release.refresh_from_db()
    assert (release.state, SignOff.objects.count()) == ("live", APPROVERS)
    assert len(recorded(Action.RELEASE_PUBLISHED)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_words_of_one_person_one_counts(crowd: tuple[Release, list[User]]) -> None:
    release, people = crowd
    assert sorted(at_once([signing(release, people[0]) for _ in range(3)])) == [False, False, True]
    assert SignOff.objects.count() == 1
    assert StepUp.objects.filter(used_at__isnull=False).count() == 1
