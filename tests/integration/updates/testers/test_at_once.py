"""What happens when two come at the same moment, and when two workers do."""

from collections.abc import Callable

import pytest
import redis

from accounts.models import Letter
from compliance.ledger.domain.events import Action
from releaseconsole.kernel.errors import ConsoleError
from tests.support.at_once import at_once
from tests.support.beta import beta_made, enrolled, group_link, group_made, invited, joins, newly_joined
from tests.support.shipping import recorded, released
from updates.models import ChannelMember, Tester, TesterInvite
from updates.services.testers import (
    device_enroll,
    join_code_make,
    tester_deletion_request,
    testers_erase_requested,
    versions_tell,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def counted_anew(redis_client: redis.Redis) -> None:
    """Tries of earlier tests don't count."""


def outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except ConsoleError as error:
        return error.code
    return "done"


def test_no_more_come_by_a_link_than_it_lets_in() -> None:
    link = group_link(group_made(beta_made()), cap=2).link
    outcomes = at_once([lambda: outcome(lambda: joins(link))] * 4)
    assert sorted(outcomes) == ["beta_full", "beta_full", "done", "done"]
    assert (Tester.objects.count(), TesterInvite.objects.get().uses) == (2, 2)


def test_a_personal_link_lets_one_in() -> None:
    link = invited(group_made(beta_made())).link
    outcomes = at_once([lambda: outcome(lambda: joins(link))] * 3)
    assert sorted(outcomes) == ["done", "invite_over", "invite_over"]


def test_a_code_joins_one_of_two_devices() -> None:
    tester = newly_joined(group_made(beta_made()))
    code = join_code_make(tester=tester)

    def enrol(device_id: str) -> Callable[[], str]:
        return lambda: outcome(
            lambda: device_enroll(app_id=tester.app_id, device_id=device_id, platform="ios", code=code)
        )

    assert sorted(at_once([enrol("one"), enrol("two")])) == ["done", "join_code_refused"]
    assert ChannelMember.objects.count() == 1


def test_two_workers_write_one_letter_and_erase_once() -> None:
    beta = beta_made()
    tester = joins(invited(group_made(beta)).link, wants_mail=True).tester
    enrolled(tester)
    released(beta, "2.0.0")
    assert sum(at_once([versions_tell] * 3)) == 1
    assert Letter.objects.count() == 1
    tester_deletion_request(tester=tester)
    assert sum(at_once([testers_erase_requested] * 3)) == 1
    assert len(recorded(Action.TESTER_ERASED)) == 1
    assert not Letter.objects.exists()
