"""The PHI register: what it says of apps, tokens, claims, fields and bundles, and how it says it knows."""

import html
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from compliance.desk.backends.tls_probe import TLSFound
from compliance.desk.domain.phi.status import Evidence, PHIStatus
from compliance.desk.models import PHIDeclaration, PHIMeasurement
from compliance.desk.selectors.phi.register import app_registered, apps_registered
from compliance.desk.services.phi import measuring
from compliance.desk.tasks.phi import phi_measure
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.encryption_keys import EncryptionAlgorithm
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.models import TokenProfile
from signing.services.profiles import claim_define, profile_change
from tests.support.people import signed_in
from tests.support.phi import phi_allow
from tests.support.shipping import APP_ID, app_made, bundle_made, recorded
from updates.models import App

PHI = "/console/compliance/phi/"
APP = f"{PHI}apps/{APP_ID}/"


@pytest.fixture
def app(db: None) -> App:
    return app_made()


@pytest.fixture
def officer(orla: User) -> Client:
    return signed_in(orla)


def said(client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(client.get(path).content.decode()))


def of_app() -> tuple[PHIStatus, Evidence, bool]:
    (line,) = apps_registered(now=clock.now())
    return line.status, line.evidence, line.is_bad


def flag(*, on: bool) -> None:
    profile_change(app_id=APP_ID, handles_phi=on, actor=SYSTEM, now=clock.now())


def define(name: str, claim_class: ClaimClass | None) -> None:
    claim_define(
        app_id=APP_ID,
        name=name,
        claim_class=claim_class,
        claim_type=ClaimType.TEXT,
        actor=SYSTEM,
        now=clock.now(),
    )


def test_an_app_begins_as_unknown_and_a_word_is_only_a_word(app: App, officer: Client, orla: User) -> None:
    assert of_app() == (PHIStatus.UNKNOWN, Evidence.NONE, False)
    assert "1 of 1 unknown." in said(officer, PHI)
    answer = officer.post(f"{APP}declare/", {"status": "no", "statement": "A game."}, follow=True)
    assert f"{orla.name}: A game." in answer.content.decode()
    assert of_app() == (PHIStatus.NO, Evidence.ATTESTED, False)
    assert recorded(Action.PHI_DECLARED)[0].detail == {"subject": "app", "status": "no", "note": "A game."}


def test_the_flag_is_measured_against_what_it_needs(app: App, settings: Settings) -> None:
    flag(on=True)
    assert of_app() == (PHIStatus.YES, Evidence.MEASURED, True)
    phi_allow(settings, APP_ID)
    assert of_app() == (PHIStatus.YES, Evidence.MEASURED, False)


def test_nobodys_word_lowers_a_flag(app: App, officer: Client) -> None:
    flag(on=True)
    answer = officer.post(f"{APP}declare/", {"status": "no", "statement": "I think so."})
    assert "Two people lower that there." in answer.content.decode()
    assert not PHIDeclaration.objects.exists()


def test_what_was_said_before_the_flag_was_lowered_does_not_come_back(app: App, officer: Client) -> None:
    officer.post(f"{APP}declare/", {"status": "no", "statement": "A game."})
    flag(on=True)
    flag(on=False)
    assert of_app()[0] is PHIStatus.UNKNOWN


def test_a_claim_that_is_phi_in_an_app_that_is_not_flagged_is_told(app: App) -> None:
    define("diagnosis", ClaimClass.PHI)
    assert of_app() == (PHIStatus.YES, Evidence.NONE, True)


def test_tokens_claims_and_fields_are_told_apart(app: App, officer: Client, settings: Settings) -> None:
    phi_allow(settings, APP_ID)
    TokenProfile.objects.update(issues_backend_tokens=True)
    for name, claim_class in (("diagnosis", ClaimClass.PHI), ("plan", ClaimClass.PUBLIC), ("note", None)):
        define(name, claim_class)
    flag(on=True)
    register = app_registered(app_id=APP_ID, counts={}, now=clock.now())
    assert {line.name: line.status.value for line in (*register.claims, *register.tokens)} == {
        "diagnosis": "yes",
        "plan": "no",
        "note": "unknown",
        "release+jwt": "no",
        "backend+jwt": "yes",
    }
    assert [(line.status.value, line.evidence.value) for line in register.fields] == [
        ("no", "measured"),
        ("unknown", "measured"),
        *[("no", "measured")] * 3,
    ]
    assert "0 stored, 0 dropped lately" in said(officer, APP)


def test_a_bundle_that_was_said_to_hold_phi_stays_said(app: App, officer: Client) -> None:
    bundle = bundle_made(app, "1.0.0")
    page = f"{APP}bundles/{bundle.version}/"
    officer.post(page, {"status": "yes", "statement": "A list of wards is in it."})
    register = app_registered(app_id=APP_ID, counts={}, now=clock.now())
    assert [(line.status, line.is_bad) for line in register.bundles] == [(PHIStatus.YES, True)]
    answer = officer.post(page, {"status": "no", "statement": "It isn't."})
    assert "nobody's word takes that back" in html.unescape(answer.content.decode())
    assert officer.get(f"{APP}bundles/9.9.9/").status_code == 404


def test_the_database_takes_no_word_that_would_be_the_profiles(app: App, orla: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PHIDeclaration.objects.create(
            subject="app",
            app_id=APP_ID,
            status="yes",
            statement="x",
            declared_by=orla,
            declared_at=clock.now(),
        )


def test_storage_that_cannot_be_seen_is_attested(db: None, officer: Client) -> None:
    assert "Nobody has said anything." in said(officer, PHI)
    for statement in ("LUKS, looked at in May", "LUKS, looked at in June"):
        officer.post(f"{PHI}storage/", {"kind": "database-disk", "statement": statement})
    page = said(officer, PHI)
    assert ("LUKS, looked at in June" in page, "in May" in page) == (True, False)


def test_what_was_measured_is_shown_with_its_time(
    db: None, officer: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    phi_measure()
    rows = {row.kind: row for row in PHIMeasurement.objects.all()}
    assert {kind: row.is_good for kind, row in rows.items()} == {
        "tls": False,
        "storage": True,
        "tokens": True,
    }
    assert {name for name, _, _ in rows["tokens"].facts} == {
        f"Sample encrypted with {algorithm.value}" for algorithm in EncryptionAlgorithm
    }
    settings.PUBLIC_IS_HTTPS, settings.PUBLIC_URL = True, "https://console.example.com"
    found = TLSFound(
        "TLSv1.3", "TLS_AES_256_GCM_SHA384", hsts="max-age=1", clear="answers 301", refuses_clear=True
    )
    monkeypatch.setattr(measuring, "tls_probe", lambda **_: found)
    measuring.phi_measure(actor=SYSTEM, now=clock.now() + timedelta(minutes=1))
    page = said(officer, PHI)
    assert "TLS_AES_256_GCM_SHA384" in page
    assert "not as it should be" not in page.partition("TLS under")[2].partition("Storage</h2>")[0]
    assert recorded(Action.PHI_MEASURED)[0].detail["good"] == {"tls": False, "storage": True, "tokens": True}


def test_the_matrix_is_shown_with_its_counts(db: None, officer: Client) -> None:
    page = said(officer, f"{PHI}matrix/")
    assert "phi.token.plaintext_refused" in page
    assert "Nothing was refused or dropped in this time." in page


def test_an_auditor_reads_and_is_offered_nothing_to_do(app: App, audra: User) -> None:
    client = signed_in(audra)
    for path in (PHI, APP, f"{PHI}matrix/"):
        assert "<form" not in said(client, path).partition("<main")[2]
    assert client.post(f"{PHI}measure/").status_code == 403
