"""For how long what is kept: what is older goes, the run is noted, and the pages say so."""

from datetime import timedelta
from html import unescape

import pytest
import redis
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from compliance.desk.domain.data_kept import LINES, OVERDUE_AFTER, is_overdue
from compliance.ledger.domain.events import SYSTEM
from compliance.ledger.models import HoldScope, PurgeRun
from compliance.ledger.services.holds import HoldTerms, hold_place
from compliance.ledger.services.purges import Purge, Purged, purge_run
from releaseconsole.kernel import clock
from tests.support.beta import PHONE, beta_made, enrolled, group_made, newly_joined
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made
from updates.models import App, ConsentRecord, Device, DeviceEvent, DeviceOverride, InstallOutcome
from updates.services.telemetry.expiry import events_expire
from updates.services.telemetry.forgetting import devices_forget as devices_forget_batch
from updates.tasks import consents_expire, devices_forget, overrides_forget, telemetry_expire


@pytest.fixture
def app(db: None) -> App:
    return app_made()


def told(user: User, name: str, **headers: str) -> str:
    page = signed_in(user).get(reverse(f"desk:{name}"), headers=headers)
    return " ".join(unescape(page.content.decode()).split())


def event(app: App, key: str, days: float, device_id: str = "d") -> None:
    at = clock.now() - timedelta(days=days)
    DeviceEvent.objects.create(
        app=app, dedupe_key=key, device_id=device_id, action="set", happened_at=at, received_at=at
    )


def test_events_go_with_their_time_batch_by_batch(app: App, settings: Settings) -> None:
    settings.TELEMETRY_EVENT_DAYS = 40
    for number in range(5):
        event(app, f"old {number}", 40.5)
    event(app, "young", 39.5)
    assert events_expire(batch=2).removed == 5
    assert DeviceEvent.objects.get().dedupe_key == "young"
    assert events_expire(batch=2).removed == 0


def test_devices_that_are_not_heard_of_go_with_what_was_kept_for_them(
    app: App, settings: Settings, redis_client: redis.Redis
) -> None:
    settings.DEVICE_KEEP_DAYS = 100
    now = clock.now()
    ended = {"withdrawn_at": now, "withdrawn_by": "person"}
    for number, days in enumerate((101, 150, 99)):
        heard = now - timedelta(days=days)
        theirs = {"app": app, "device_id": f"d{number}"}
        Device.objects.create(**theirs, first_seen_at=heard, last_seen_at=heard)
        InstallOutcome.objects.create(**theirs, version="1.0.0", outcome="failed", decided_at=heard)
        for more in ({}, ended):
            ConsentRecord.objects.create(**theirs, text_version="1", given_at=heard, **more)
    devices_forget()
    assert devices_forget_batch(batch=1).removed == 0
    assert PurgeRun.objects.get(pk="devices").removed == 2
    assert [row.device_id for row in Device.objects.all()] == ["d2"]
    assert [row.device_id for row in InstallOutcome.objects.all()] == ["d2"]
    assert [row.device_id for row in ConsentRecord.objects.filter(withdrawn_at=None)] == ["d2"]
    assert ConsentRecord.objects.exclude(withdrawn_at=None).count() == 3


def test_consents_go_some_time_after_they_ended(app: App, settings: Settings) -> None:
    settings.CONSENT_KEEP_DAYS = 100
    given = clock.now() - timedelta(days=400)
    for device_id, days_ago in (("stands", None), ("recent", 99), ("over", 101), ("long over", 300)):
        ended = {} if days_ago is None else {"withdrawn_by": "signal"}
        at = None if days_ago is None else clock.now() - timedelta(days=days_ago)
        ConsentRecord.objects.create(
            app=app, device_id=device_id, text_version="1", given_at=given, withdrawn_at=at, **ended
        )
    consents_expire()
    assert PurgeRun.objects.get(pk="ended consents").removed == 2
    kept = ConsentRecord.objects.values_list("device_id", flat=True)
    assert sorted(kept) == ["recent", "stands"]


@pytest.mark.parametrize(
    ("covers", "kept"),
    [("everything", 2), ("their app", 2), ("it as a thing", 2), ("another app", 0), ("the tester", 1)],
)
def test_what_a_legal_hold_covers_outlives_its_time_and_is_counted(
    db: None, redis_client: redis.Redis, covers: str, kept: int
) -> None:
    tess = newly_joined(group_made(beta_made()), "tess@example.com")
    enrolled(tess, PHONE)
    app, long_ago = tess.app, clock.now() - timedelta(days=4000)
    ended = {"withdrawn_at": long_ago, "withdrawn_by": "person", "text_version": "1", "given_at": long_ago}
    for number, device_id in enumerate((PHONE, "another")):
        theirs = {"app": app, "device_id": device_id}
        Device.objects.create(**theirs, first_seen_at=long_ago, last_seen_at=long_ago)
        InstallOutcome.objects.create(**theirs, version="1.0.0", outcome="failed", decided_at=long_ago)
        ConsentRecord.objects.create(**theirs, **ended)
        event(app, f"{number}", 4000, device_id)
        forced = {"until": long_ago, "reason": "r", "created_at": long_ago, "channel": app.channels.first()}
        DeviceOverride.objects.create(**theirs, **forced)
    terms = {
        "everything": HoldTerms(HoldScope.EVERYTHING),
        "their app": HoldTerms(HoldScope.APP, app_id=app.pk),
        "it as a thing": HoldTerms(HoldScope.OBJECT, subject=("app", app.pk)),
        "another app": HoldTerms(HoldScope.APP, app_id="com.example.other"),
        "the tester": HoldTerms(HoldScope.PERSON, subject=("tester", str(tess.pk))),
    }
    hold = hold_place(terms=terms[covers], reason="Case 12", actor=SYSTEM, now=clock.now())
    for purge in (telemetry_expire, devices_forget, consents_expire, overrides_forget):
        purge()
    for model in (DeviceEvent, Device, ConsentRecord, DeviceOverride):
        left = set(model.objects.exclude(device_id="").values_list("device_id", flat=True))
        assert left == set((PHONE, "another")[:kept]), model
    assert InstallOutcome.objects.count() == kept
    held = {str(hold.pk): kept} if kept else {}
    assert [row.held for row in PurgeRun.objects.all()] == [held] * 4


@pytest.mark.django_db
def test_a_run_is_noted_with_what_went_and_when_anything_last_did() -> None:
    for removed in (3, 4, 0):
        assert purge_run(Purged.EVENTS, lambda removed=removed: removed) == removed  # type: ignore[misc]  # a default binds it
    run = PurgeRun.objects.get()
    assert (run.name, run.removed, run.total) == ("device events", 0, 7)
    assert run.removed_at is not None
    assert run.removed_at < run.ran_at


def test_every_purge_is_on_the_page_and_late_after_two_days() -> None:
    assert {line.purge for line in LINES} == {each.value for each in Purged}
    now = clock.now()
    long_ago = now - OVERDUE_AFTER * 1.01
    times = [(None, long_ago), (None, now), (long_ago, long_ago), (now, long_ago), (None, None)]
    late = [is_overdue(ran_at, begun_at=begun_at, now=now) for ran_at, begun_at in times]
    assert late == [True, False, True, False, False]


def test_the_page_shows_setting_run_and_count(audra: User, settings: Settings) -> None:
    settings.TELEMETRY_EVENT_DAYS = 77
    for each in Purged:
        purge_run(each, lambda: Purge(1234, {7: 99}))
    page = told(audra, "data-kept")
    assert all(
        words in page
        for words in ("77 days", "TELEMETRY_EVENT_DAYS", "1,234", "99 kept by hold 7", "Beta testers: name")
    )
    assert "overdue" not in page
    PurgeRun.objects.filter(pk="exports").update(ran_at=clock.now() - timedelta(days=3))
    assert "1 purge has not run for two days" in told(audra, "data-kept")


def test_the_consent_page_counts_for_all_and_names_devices_to_who_handles_requests(
    app: App, audra: User, orla: User
) -> None:
    now = clock.now()
    ConsentRecord.objects.create(app=app, device_id="d-1", text_version="2026-12", given_at=now)
    ConsentRecord.objects.create(
        app=app,
        device_id="d-2",
        text_version="2026-12",
        given_at=now,
        withdrawn_at=now,
        withdrawn_by="signal",
    )
    page = told(audra, "consents")
    assert '1 <span class="rc-quiet rc-small">agreed to text 2026-12, 1 no more (1 by signal)' in page
    assert ("d-1" in page, "Opt-out honoured" in page) == (False, False)
    page = told(orla, "consents", **{"Sec-GPC": "1"})
    assert ("d-1" in page, "by Sec-GPC" in page, "Opt-out honoured" in page, APP_ID in page) == (True,) * 4
