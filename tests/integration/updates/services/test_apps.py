import pytest

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from signing.models import SigningKey
from tests.support.shipping import APP_ID, app_made, recorded
from updates.errors import ConflictError, InvalidValueError
from updates.models import App
from updates.selectors.decision_table import decision_table_build
from updates.services import app_create

pytestmark = pytest.mark.django_db


def test_an_app_is_created_with_its_first_signing_key(rita: User) -> None:
    app = app_create(app_id=APP_ID, name=" Clinic ", platforms=["ios", "android"], actor=rita.actor)
    assert (app.name, app.platforms, app.created_by) == ("Clinic", ["android", "ios"], rita)
    first = SigningKey.objects.get(app_id=APP_ID, purpose="release_token", epoch=1)
    assert first.state == "active"
    (event,) = recorded(Action.APP_CREATED)
    assert (event.actor_id, event.app_id) == (str(rita.pk), APP_ID)


def test_a_new_app_is_in_the_decision_table() -> None:
    before = decision_table_build().version
    app_made()
    after = decision_table_build()
    assert after.version > before
    assert APP_ID in after.apps


@pytest.mark.parametrize(
    "app_id",
    [
        *("clinic", "com..clinic", ".com.clinic", "com.clinic.", "1com.clinic", "com.cli nic"),
        *("com.clinic/x", "com.clinic\n", "com.clínic", "com." + "a" * 160, ""),
    ],
)
def test_what_is_no_reverse_domain_name_is_refused(app_id: str) -> None:
    with pytest.raises(InvalidValueError):
        app_create(app_id=app_id, name="Clinic", platforms=["ios"], actor=SYSTEM)


@pytest.mark.parametrize(
    ("name", "platforms"),
    [
        pytest.param("  ", ["ios"], id="no name"),
        pytest.param("Clinic", [], id="no platform"),
        pytest.param("Clinic", ["ios", "symbian"], id="unknown platform"),
    ],
)
def test_an_app_needs_a_name_and_known_platforms(name: str, platforms: list[str]) -> None:
    with pytest.raises(InvalidValueError):
        app_create(app_id=APP_ID, name=name, platforms=platforms, actor=SYSTEM)


@pytest.mark.parametrize("app_id", [APP_ID, APP_ID.upper()])
def test_an_id_is_taken_whatever_its_case_and_nothing_is_left_behind(app_id: str) -> None:
    app_made()
    before = SigningKey.objects.count(), AuditEvent.objects.count()
    with pytest.raises(ConflictError):
        app_made(app_id)
    assert App.objects.count() == 1
    assert (SigningKey.objects.count(), AuditEvent.objects.count()) == before
