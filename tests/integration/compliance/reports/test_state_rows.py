"""Rows of a state: each report says of the console's tables what is in them."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.policy import CHOICES, SHUTOFF_LIFT
from accounts.domain.presets import Preset
from accounts.domain.roles import Permission
from accounts.models import APIToken, ConsolePolicy, User
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.selectors.reports.policy import policy_told
from compliance.desk.selectors.reports.rows import Scope, report_rows
from compliance.ledger.selectors.tree import tree_size
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from tests.support.actors import granted
from tests.support.approving import two_people
from tests.support.people import signed_in
from tests.support.privacy import asked
from tests.support.releasing import drafted, sign_off_wanted, signed
from tests.support.reporting import ALL_TIME
from tests.support.shipping import app_made, channel_made, released

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
        (f"person {orla.pk}", f"grant {grant.pk}", "com.example.clinic")
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


def test_a_release_stands_with_who_signed_it_off(orla: User, rita: User, ansel: User) -> None:
    channel = channel_made(app_made())
    released(channel, "1.0.0")
    sign_off_wanted(channel)
    release = drafted(channel, "1.1.0", author=rita)
    release.state = "submitted" if release.state == "draft" else release.state
    signed(release, ansel)
    found = {row["version"]: row for row in rows_read("R4")}
    assert found["1.0.0"]["separation"] == "one person"
    assert found["1.0.0"]["required"] == "1 of anyone entitled"


def test_a_privacy_request_is_counted_and_listed(orla: User) -> None:
    request = asked()
    assert [row["reference"] for row in rows_read("R5")] == [request.reference]
    assert sum(row["received"] for row in rows_read("R6")) == 1


def test_an_app_is_a_row_of_health_data(orla: User) -> None:
    app = app_made()
    found = rows_read("R7", app=app.pk)
    assert [row["part"] for row in found][:1] == ["app"]
    assert all(row["app"] == app.pk for row in found)
