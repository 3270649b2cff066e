from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.domain.roles import TOKEN_PERMISSIONS, Permission
from accounts.errors import APITokenError, APITokenTermsError, PermissionDeniedError
from accounts.models import APIToken, User
from accounts.services.api_tokens import (
    api_token_authenticate,
    api_token_issue,
    api_token_require,
    api_token_revoke,
)
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex

APP = "com.example.clinic"
DAY = timedelta(days=1)


def issue(user: User, **changed: Any) -> tuple[APIToken, str]:
    fields: dict[str, Any] = {
        "name": "CI",
        "app_id": APP,
        "permissions": [Permission.BUNDLE_UPLOAD, Permission.APP_VIEW],
        "expires_at": clock.now() + DAY,
    }
    return api_token_issue(**(fields | changed), created_by=user, actor=user.actor)


def test_a_token_is_shown_once_and_kept_as_a_hash(rita: User) -> None:
    token, plain = issue(rita)
    token.refresh_from_db()
    assert token.secret_sha256 == sha256_hex(plain.encode())
    assert plain not in str(vars(token))
    assert plain.startswith(token.prefix)
    assert token.permissions == ["app_view", "bundle_upload"]


def test_issuing_is_on_record_without_the_secret(rita: User) -> None:
    token, plain = issue(rita)
    event = AuditEvent.objects.get(action=Action.API_TOKEN_ISSUED.value)
    assert (event.actor_id, event.app_id, event.object_id) == (str(rita.pk), APP, str(token.pk))
    assert plain[3:20] not in str(event.detail)


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({"name": "  "}, id="no name"),
        pytest.param({"permissions": []}, id="no permission"),
        pytest.param({"permissions": [Permission.KEY_OPERATE]}, id="keys"),
        pytest.param({"permissions": [Permission.PEOPLE_MANAGE]}, id="people"),
        pytest.param({"permissions": [Permission.RELEASE_APPROVE]}, id="sign-off"),
    ],
)
def test_a_token_is_not_issued_on_such_terms(rita: User, terms: dict[str, Any]) -> None:
    with pytest.raises(APITokenTermsError):
        issue(rita, **terms)
    assert not APIToken.objects.exists()


@pytest.mark.parametrize("life", [-DAY, timedelta(0), timedelta(days=367)])
def test_a_token_expires_within_a_year(rita: User, life: timedelta) -> None:
    with pytest.raises(APITokenTermsError):
        issue(rita, expires_at=clock.now() + life)


@pytest.mark.parametrize("permission", sorted(TOKEN_PERMISSIONS))
def test_nobody_passes_on_what_they_do_not_have(olaf: User, rita: User, permission: Permission) -> None:
    with pytest.raises(APITokenTermsError, match="don't have it yourself"):
        issue(olaf, permissions=[permission])
    assert issue(rita, permissions=[permission])


def test_the_token_is_recognised_until_it_expires(rita: User) -> None:
    token, plain = issue(rita)
    assert api_token_authenticate(plain=plain) == token
    with time_machine.travel(clock.now() + DAY, tick=False), pytest.raises(APITokenError):
        api_token_authenticate(plain=plain)


def test_a_revoked_token_is_refused_at_once(rita: User, ada: User) -> None:
    token, plain = issue(rita)
    api_token_revoke(token=token, actor=ada.actor)
    with pytest.raises(APITokenError):
        api_token_authenticate(plain=plain)


def test_revoking_twice_is_recorded_once(rita: User) -> None:
    token, _ = issue(rita)
    first = api_token_revoke(token=token, actor=rita.actor).revoked_at
    assert api_token_revoke(token=token, actor=rita.actor).revoked_at == first
    assert AuditEvent.objects.filter(action=Action.API_TOKEN_REVOKED.value).count() == 1


def test_a_token_dies_with_its_issuers_access(rita: User) -> None:
    _, plain = issue(rita)
    rita.is_active = False
    rita.save()
    with pytest.raises(APITokenError):
        api_token_authenticate(plain=plain)


def test_an_unknown_token_is_refused(rita: User) -> None:
    token, plain = issue(rita)
    token.delete()
    with pytest.raises(APITokenError):
        api_token_authenticate(plain=plain)


def test_use_is_noted_once_a_minute(rita: User) -> None:
    token, plain = issue(rita)
    start = clock.now()
    noted = []
    for seconds in (0, 59, 61):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            api_token_authenticate(plain=plain)
        token.refresh_from_db()
        assert token.last_used_at is not None
        noted.append(round((token.last_used_at - start).total_seconds()))
    assert noted == [0, 0, 61]


def test_a_permission_holds_on_one_app(rita: User) -> None:
    token, _ = issue(rita)
    api_token_require(token=token, permission=Permission.APP_VIEW, app_id=APP)
    with pytest.raises(PermissionDeniedError):
        api_token_require(token=token, permission=Permission.APP_VIEW, app_id="com.example.other")


def test_a_token_loses_what_its_issuer_loses(rita: User) -> None:
    _, plain = issue(rita)
    rita.groups.clear()
    token = api_token_authenticate(plain=plain)
    with pytest.raises(PermissionDeniedError):
        api_token_require(token=token, permission=Permission.APP_VIEW, app_id=APP)


def test_a_denial_is_on_record(rita: User) -> None:
    token, _ = issue(rita)
    with pytest.raises(PermissionDeniedError):
        api_token_require(token=token, permission=Permission.RELEASE_PUBLISH, app_id=APP)
    event = AuditEvent.objects.get(action=Action.ACCESS_DENIED.value)
    assert (event.outcome, event.actor_kind, event.actor_id) == ("denied", "api_token", str(token.pk))
    assert event.detail == {"permission": "release_publish"}
