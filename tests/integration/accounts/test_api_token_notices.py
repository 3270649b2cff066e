"""Who issued a token hears that it ends, a week before and once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import APIToken, Letter, TrustedPublisher, User
from accounts.services.api_token_notices import api_tokens_tell_expiring
from accounts.tasks import api_token_notices
from releaseconsole.kernel import clock
from tests.support.at_once import at_once
from tests.support.shipping import APP_ID

DAY = timedelta(days=1)


def token_of(user: User, *, age: timedelta = 30 * DAY, left: timedelta = 6 * DAY, **more: Any) -> APIToken:
    now = clock.now()
    fields = {
        "name": "Nightly",
        "prefix": "rc_abc",
        "secret_sha256": "ab" * 32,
        "app_id": APP_ID,
        "permissions": ["app_view"],
        "created_by": user,
        "created_at": now - age,
        "expires_at": now + left,
    }
    return APIToken.objects.create(**(fields | more))


def test_the_issuer_is_told_once(rita: User) -> None:
    token = token_of(rita)
    api_token_notices()
    api_token_notices()
    letter = Letter.objects.get()
    assert letter.address == "rita@example.com"
    assert letter.subject == "An API token ends soon: Nightly"
    assert f"/console/apps/{APP_ID}/tokens/" in letter.body
    assert f"{token.expires_at:%B %Y, %H:%M} UTC" in letter.body


def test_it_is_seven_days_before(rita: User) -> None:
    token = token_of(rita, left=8 * DAY)
    assert api_tokens_tell_expiring() == 0
    with time_machine.travel(token.expires_at - 7 * DAY, tick=False):
        assert api_tokens_tell_expiring() == 1


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"revoked_at": clock.now()}, id="revoked"),
        pytest.param({"left": -DAY}, id="over"),
        pytest.param({"age": timedelta(hours=1)}, id="made for a week"),
    ],
)
def test_nobody_is_told_of_a_token_that_is(rita: User, changed: dict[str, Any]) -> None:
    token_of(rita, **changed)
    assert api_tokens_tell_expiring() == 0


def test_nobody_is_told_of_a_publishers_tokens(rita: User) -> None:
    publisher = TrustedPublisher.objects.create(
        app_id=APP_ID, kind="github", created_by=rita, created_at=clock.now()
    )
    token_of(rita, publisher=publisher)
    assert api_tokens_tell_expiring() == 0


def test_who_cant_sign_in_isnt_written_to(rita: User) -> None:
    token_of(rita)
    User.objects.filter(pk=rita.pk).update(is_active=False)
    assert api_tokens_tell_expiring() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_writes(rita: User) -> None:
    token_of(rita)
    assert sum(at_once([api_tokens_tell_expiring] * 2)) == 1
    assert Letter.objects.count() == 1
