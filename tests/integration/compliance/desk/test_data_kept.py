"""For how long what is kept: what is older goes, the run is noted, and the pages say so."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from compliance.desk.domain.data_kept import LINES, OVERDUE_AFTER, is_overdue
from compliance.ledger.models import PurgeRun
from compliance.ledger.services.purges import Purged, purge_run
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made
from updates.models import App, ConsentRecord, DeviceEvent
from updates.services.telemetry.expiry import events_expire


@pytest.fixture
def app(db: None) -> App:
    return app_made()


def told(user: User, name: str, **headers: str) -> str:
    page = signed_in(user).get(reverse(f"desk:{name}"), headers=headers)
    return " ".join(unescape(page.content.decode()).split())


def event(app: App, key: str, days: float) -> None:
    at = clock.now() - timedelta(days=days)
    DeviceEvent.objects.create(
        app=app, dedupe_key=key, device_id="d", action="set", happened_at=at, received_at=at
    )


def test_events_go_with_their_time_batch_by_batch(app: App, settings: Settings) -> None:
    settings.TELEMETRY_EVENT_DAYS = 40
    for number in range(5):
        event(app, f"old {number}", 40.5)
    event(app, "young", 39.5)
    assert events_expire(batch=2) == 5
    assert DeviceEvent.objects.get().dedupe_key == "young"
    assert events_expire(batch=2) == 0


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
        purge_run(each, lambda: 1234)
    page = told(audra, "data-kept")
    assert all(words in page for words in ("77 days", "TELEMETRY_EVENT_DAYS", "1,234", "Beta testers: name"))
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
