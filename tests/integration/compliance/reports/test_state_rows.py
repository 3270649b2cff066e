"""Rows of a state: each report says of the console's tables what is in them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.policy import CHOICES, SHUTOFF_LIFT
from accounts.domain.presets import Preset
from accounts.domain.roles import Permission
from accounts.models import APIToken, ConsolePolicy, User
from accounts.services.step_up import step_up_use
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.selectors.reports.policy import policy_told
from compliance.desk.selectors.reports.rows import Scope, report_rows
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.selectors.tree import tree_size
from compliance.ledger.services import audit_record
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from tests.support.actors import granted
from tests.support.approving import two_people
from tests.support.confirming import confirmed
from tests.support.people import signed_in
from tests.support.privacy import asked
from tests.support.releasing import drafted, sign_off_wanted, signed
from tests.support.reporting import ALL_TIME
from tests.support.shipping import app_made, channel_made, released
from updates.models import Release
from updates.services import release_submit
from updates.services.releases.rows import release_record

pytestmark = pytest.mark.django_db


def rows_read(report: str, **filters: str) -> list[dict[str, Any]]:
    kind = REPORTS[report]
    events_sequence()
    wish = ReportWish(kind, ALL_TIME, filters)
    scope = Scope(
        wish=wish.entries(), first=0, end=tree_size(), filters=filters, personal=True, now=clock.now()
    )
    names = [column.name for column in kind.columns]
    return [dict(zip(names, row.cells, strict=True)) for row in report_rows(kind, scope) if row]


def test_access_has_a_row_for_each_role_and_grant(orla: User, rita: User) -> None:
    app_made("com.example.clinic")
    grant = granted(orla, Permission.BUNDLE_UPLOAD, "com.example.clinic")
    found = rows_read("R1", app="com.example.clinic")
    assert [(row["person"], row["holds"], row["place"]) for row in found] == [
        (f"person {orla.pk}", f"grant {grant.pk} ({grant.words})", "com.example.clinic")
    ]
    assert ("role release manager", rita.email) in {(row["holds"], row["email"]) for row in rows_read("R1")}


def test_machines_are_told_apart_by_what_became_of_them(orla: User) -> None:
    now = clock.now()
    for number, (expires_at, revoked_at) in enumerate([
        (now + timedelta(days=1), None),
        (now - timedelta(minutes=1), None),
        (now + timedelta(days=1), now),
    ]):
        APIToken.objects.create(
            name="CI",
            secret_sha256=str(number),
            app_id="com.example.clinic",
            permissions=["bundle_upload"],
            created_by=orla,
            created_at=now - timedelta(days=2),
            expires_at=expires_at,
            revoked_at=revoked_at,
        )
    assert [row["state"] for row in rows_read("R1a")] == ["never used", "expired", "revoked"]


def test_who_has_no_authenticator_is_an_exception(orla: User) -> None:
    signed_in(orla)
    User.objects.create_user("newcomer@example.com", None, name="Nora")
    found = {(row["name"], row["kind"]): row for row in rows_read("R3")}
    assert found["Nora", "none"]["exception"] == "has none: can't sign in"
    assert ("Orla", "none") not in found


def test_a_policy_below_its_preset_is_an_exception(orla: User) -> None:
    two_people(*(CHOICES.keys() - {SHUTOFF_LIFT}), preset=Preset.REGULATED)
    ConsolePolicy.objects.update(custodian_security_key=True)
    less = [row["what"] for row in rows_read("R14") if row["is_exception"] == "yes"]
    assert less == [f"{CHOICES[SHUTOFF_LIFT].words} ({SHUTOFF_LIFT})"]
    assert "takes one person here; the preset asks for two" in policy_told().words()


def test_the_log_has_its_checkpoints_and_verifications(orla: User) -> None:
    signed_in(orla)
    checkpoint = checkpoint_take(now=clock.now())
    assert checkpoint is not None
    found = {row["what"]: row for row in rows_read("R10")}
    assert found["last checkpoint"]["root"] == bytes(checkpoint.root).hex()


@pytest.mark.parametrize(
    ("author", "signer", "says"),
    [
        pytest.param("rita", "ansel", "separate", id="somebody else"),
        pytest.param("ansel", "ansel", "a maker signed it off", id="the author"),
    ],
)
def test_a_release_stands_with_who_signed_it_off(
    author: str, signer: str, says: str, rita: User, ansel: User
) -> None:
    people = {"rita": rita, "ansel": ansel}
    channel = channel_made(app_made())
    released(channel, "1.0.0")
    sign_off_wanted(channel)
    release = drafted(channel, "1.1.0", author=people[author])
    release_submit(release=release, actor=SYSTEM)
    signed(release, people[signer])
    release.refresh_from_db()
    if release.live_event is None:  # the console itself lets nobody sign off what they made
        release_record_live(release)
    found = {row["version"]: row for row in rows_read("R4")}
    assert found["1.0.0"]["separation"] == "nobody signed it off"
    assert found["1.1.0"]["separation"] == says
    assert found["1.1.0"]["signed_off_by"] == f"person {people[signer].pk}"
    assert found["1.1.0"]["author"] == f"person {people[author].pk}"


def release_record_live(release: Release) -> None:
    """Put on the log that it went live, as whoever went round the console's rules would leave it."""
    with transaction.atomic():
        release_record(Action.RELEASE_PUBLISHED, release, actor=SYSTEM, now=clock.now())


def test_a_key_operation_stands_with_the_level_of_its_confirmation(kai: User) -> None:
    operation = Operation("signing:key:suspend", {"key": "1"})
    step_up = confirmed(kai, operation)
    with transaction.atomic():
        step_up_use(step_up=step_up, operation=operation)
        for action in (Action.KEY_SUSPENDED, Action.KEY_REVOKED):
            audit_record(action=action, actor=kai.actor, now=clock.now(), detail={"kid": "k"})
        audit_record(action=Action.KEY_ACTIVATED, actor=SYSTEM, now=clock.now(), detail={"kid": "k"})
    found = {row["action"]: row["aal"] for row in rows_read("R3a")}
    assert found["signing:key:suspend"] == "AAL2"
    assert found["signing:key:revoke"] == "none on record"
    assert found["signing:key:activate"] is None


def test_a_privacy_request_is_counted_and_listed(orla: User) -> None:
    request = asked()
    assert [row["reference"] for row in rows_read("R5")] == [request.reference]
    assert sum(row["received"] for row in rows_read("R6")) == 1


def test_an_app_is_a_row_of_health_data(orla: User) -> None:
    app = app_made()
    found = rows_read("R7", app=app.pk)
    assert [row["part"] for row in found][:1] == ["app"]
    assert all(row["app"] == app.pk for row in found)
