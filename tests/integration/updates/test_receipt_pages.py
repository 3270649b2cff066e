"""What people are told of receipts: by pages, by the API, by the doctor."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import TOKEN_PERMISSIONS
from accounts.models import User
from accounts.services.api_tokens import api_token_issue
from compliance.ledger.domain.events import SYSTEM
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.domain.proofs import proof_check, proof_parse
from compliance.ledger.models import AuditLeaf
from releaseconsole import bootstrap as bootstrapping
from releaseconsole.doctor.findings import Level
from releaseconsole.doctor.receipts import receipts_examine
from releaseconsole.kernel import clock
from tests.integration.updates.api.conftest import API, ROOT
from tests.support.people import signed_in
from tests.support.receipts import log_keys, longer_log_signed, signer_down
from tests.support.shipping import APP_ID, app_made, bundle_made, channel_made, released
from updates.models import App, Channel, Release
from updates.services import receipts_take, release_halt

WAITS = "Waits for its receipt"
RELEASE = f"{ROOT}/channels/production/releases/1"


@pytest.fixture
def production(db: None) -> Channel:
    return channel_made(app_made())


@pytest.fixture
def rita_there(rita: User) -> Client:
    return signed_in(rita)


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-30T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def api(rita: User, production: Channel) -> API:
    """A job that may do everything on the app."""
    _, plain = api_token_issue(
        name="CI",
        app_id=APP_ID,
        permissions=TOKEN_PERMISSIONS,
        expires_at=clock.now() + timedelta(days=1),
        created_by=rita,
        actor=rita.actor,
    )
    return API(plain)


def address(name: str, *where: object) -> str:
    return reverse(f"updates:{name}", args=[APP_ID, *where])


def page(browser: Client, *where: object) -> str:
    return browser.get(address("release", *(where or (1,)))).content.decode()


def publish(browser: Client, production: Channel, version: str = "1.0.0") -> str:
    bundle_made(production.app, version)
    fields = {"version": version, "rollout_percent": "100"}
    return browser.post(address("release-new", "production"), fields, follow=True).content.decode()


def test_the_page_of_a_release_hands_out_proofs_that_verify(rita_there: Client, production: Channel) -> None:
    release = released(production, "1.0.0")
    shown = page(rita_there)
    assert WAITS not in shown
    assert "/console/compliance/log/" not in shown  # who publishes doesn't read the log
    link = address("release-proof", 1, Release.objects.get(pk=release.pk).live_event)
    assert link in shown
    answer = rita_there.get(link)
    assert "attachment" in answer["Content-Disposition"]
    proof = proof_parse(answer.content.decode())
    origin = release.receipts.get().origin
    proof_check(answer.content.decode(), leaf_hash(proof.extra), log_keys(origin))


def test_the_proved_entry_is_a_step_away_for_who_reads_the_log(audra: User, production: Channel) -> None:
    release = released(production, "1.0.0")
    event = Release.objects.get(pk=release.pk).live_event
    assert event is not None
    place = AuditLeaf.objects.get(number=event).sequence
    assert f"/console/compliance/log/{place}/" in page(signed_in(audra))


def test_a_proof_of_another_release_isnt_found(rita_there: Client, production: Channel) -> None:
    released(production, "1.0.0")
    other = released(production, "1.1.0")
    event = Release.objects.get(pk=other.pk).live_event
    assert rita_there.get(address("release-proof", 1, event)).status_code == 404


def test_who_publishes_while_nobody_signs_the_log_is_told_so(rita_there: Client, production: Channel) -> None:
    with signer_down():
        shown = publish(rita_there, production)
    assert "No device is offered it before its receipt is there." in shown
    assert f"{WAITS}:" in shown
    assert "The HSM doesn&#x27;t answer." in shown
    assert "is live on production" not in shown
    assert "waits for its receipt</span>" in rita_there.get(address("releases")).content.decode()
    receipts_take()
    assert WAITS not in page(rita_there)


def test_a_log_that_was_put_back_is_said_on_the_page(rita_there: Client, production: Channel) -> None:
    released(production, "1.0.0")
    longer_log_signed()
    assert "continue the 1000000 that were signed" in publish(rita_there, production, "1.1.0")


def test_who_lets_a_halted_release_go_on_is_told_that_it_waits(
    rita_there: Client, production: Channel
) -> None:
    release_halt(release=released(production, "1.0.0"), actor=SYSTEM, reason="It failed.")
    with signer_down():
        answer = rita_there.post(address("release-resume", 1), follow=True)
    assert "No device is offered it before its receipt is there." in answer.content.decode()


def test_the_start_page_and_the_doctor_warn_after_a_minute(
    time: time_machine.Traveller, rita_there: Client, production: Channel
) -> None:
    def warned() -> bool:
        return "offered to no device yet" in rita_there.get("/console/").content.decode()

    with signer_down():
        released(production, "1.0.0")
    assert not warned()
    assert [each.level for each in receipts_examine()] == [Level.OK]
    time.shift(timedelta(seconds=61))
    assert warned()
    (finding,) = receipts_examine()
    assert finding.level is Level.PROBLEM
    assert "The HSM doesn't answer." in finding.said
    assert finding.remedy
    receipts_take()
    assert not warned()
    assert [each.level for each in receipts_examine()] == [Level.OK]


def test_the_api_tells_of_the_receipt(api: API, production: Channel) -> None:
    with signer_down():
        released(production, "1.0.0")
    assert api.get(RELEASE).json()["receipt"] is None
    assert api.get(f"{RELEASE}/receipt").status_code == 404
    receipts_take()
    told: dict[str, Any] = api.get(RELEASE).json()["receipt"]
    assert told["sequence"] < told["checkpoint_size"]
    whole = api.get(f"{RELEASE}/receipt").json()
    assert whole.items() >= told.items()
    (proof,) = whole["proofs"]
    keys = log_keys(told["checkpoint_origin"])
    proof_check(proof["proof"], leaf_hash(proof_parse(proof["proof"]).extra), keys)
    (listed,) = api.get(f"{ROOT}/channels/production/releases").json()["results"]
    assert listed["receipt"] == told


def test_a_publication_by_api_says_at_once_that_its_receipt_is_there(api: API) -> None:
    bundle_made(App.objects.get(), "1.0.0")
    answer = api.post(f"{ROOT}/channels/production/releases", {"version": "1.0.0"}).json()
    assert answer["receipt"]["taken_at"]


def test_a_start_takes_what_is_missing_before_anybody_asks(
    production: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with signer_down():
        release = released(production, "1.0.0")
    for name in ("call_command", "uploads_tidy", "_secret_key_ensure", "_kek_ensure"):
        monkeypatch.setattr(bootstrapping, name, lambda *_, **__: None)
    bootstrapping.bootstrap(say=lambda _: None)
    assert release.receipts.exists()
    assert clock.now() >= release.receipts.get().taken_at
