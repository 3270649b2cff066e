"""Which events become messages, for whom, and once each."""

import json
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction

from compliance.ledger.domain.events import SYSTEM, Action, Outcome
from compliance.ledger.models import AuditLeaf
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from signing.services.keys import keys_reconcile
from tests.support.at_once import at_once
from tests.support.beta import group_made, newly_joined
from tests.support.releasing import reported
from tests.support.shipping import app_made, channel_made, released
from updates.domain.channel_rules import GuardAction
from updates.models import App, Channel, WebhookDelivery, WebhookEndpoint, WebhookPosition
from updates.services import channel_change, channel_roll_back, channel_shut_off, release_rollout_set
from updates.services.guard import guard_watch
from updates.services.testers import tester_deletion_request
from updates.services.webhooks import messages, webhook_add, webhook_messages_make, webhook_switch


def names(endpoint: WebhookEndpoint) -> list[str]:
    return list(endpoint.deliveries.order_by("event_sequence").values_list("event", flat=True))


def happened(action: Action, app_id: str, outcome: Outcome = Outcome.DONE) -> int:
    with transaction.atomic():
        return audit_record(
            action=action, actor=SYSTEM, now=clock.now(), app_id=app_id, outcome=outcome
        ).number


def test_what_happens_to_releases_is_told_in_order(production: Channel, endpoint: WebhookEndpoint) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0")
    channel_roll_back(channel=production, to=None, actor=SYSTEM)
    webhook_messages_make()
    told = [name for name in names(endpoint) if name.startswith(("release.published", "rollback."))]
    assert told == ["release.published", "release.published", "rollback.done"]
    last = json.loads(endpoint.deliveries.get(event="rollback.done").body)
    assert last["data"]["rolled_back"] == [{"release_seq": 2, "version": "1.1.0"}]


def test_what_happens_to_rollouts_keys_and_requests_is_told_and_what_the_guard_did(
    production: Channel, endpoint: WebhookEndpoint
) -> None:
    """One of each family, by the product's own services: their records name the app."""
    release = released(production, "1.0.0", 1000)
    release_rollout_set(release=release, rollout_bps=2000, actor=SYSTEM)
    channel_change(channel=production, guard_action=GuardAction.HALT, actor=SYSTEM)
    reported(release, installed=40, failed=20)
    guard_watch()
    channel_shut_off(channel=production, reason="Mondays were wrong.", actor=SYSTEM)
    tester_deletion_request(
        tester=newly_joined(group_made(channel_made(production.app, "beta", public=False)))
    )
    keys_reconcile(now=clock.now() + timedelta(days=31))
    webhook_messages_make()
    told = set(names(endpoint))
    assert {"rollout.changed", "guard.tripped", "release.halted", "shutoff.channel_begun"} <= told
    assert {"request.deletion_asked", "key.activated", "key.deactivated"} <= told
    bodies = "".join(endpoint.deliveries.values_list("body", flat=True))
    assert "Mondays" not in bodies
    assert "tess" not in bodies.lower()


def test_each_event_is_told_once_however_often_the_log_is_read(
    production: Channel, endpoint: WebhookEndpoint
) -> None:
    released(production, "1.0.0")
    assert webhook_messages_make() > 0
    assert webhook_messages_make() == 0


def test_what_was_recorded_before_it_was_added_isnt_told(
    production: Channel, app: App, endpoint: WebhookEndpoint
) -> None:
    released(production, "1.0.0")
    late, _ = webhook_add(
        app=app, url="https://late.example", description="", events=[], actor=SYSTEM, person=None
    )
    webhook_messages_make()
    assert endpoint.deliveries.exists()
    assert not late.deliveries.exists()


def test_only_chosen_events_are_told(app: App) -> None:
    chosen, _ = webhook_add(
        app=app,
        url="https://guard.example",
        description="",
        events=["guard.tripped"],
        actor=SYSTEM,
        person=None,
    )
    happened(Action.GUARD_TRIPPED, app.pk)
    happened(Action.RELEASE_HALTED, app.pk)
    webhook_messages_make()
    assert names(chosen) == ["guard.tripped"]


def test_another_apps_and_the_consoles_own_events_arent_told(endpoint: WebhookEndpoint) -> None:
    other = app_made("com.example.other")
    for app_id in (other.pk, ""):
        happened(Action.KEY_REVOKED, app_id)
    webhook_messages_make()
    assert names(endpoint) == []


def test_what_was_refused_isnt_told(app: App, endpoint: WebhookEndpoint) -> None:
    happened(Action.RELEASE_PUBLISHED, app.pk, Outcome.DENIED)
    happened(Action.RELEASE_PUBLISH_FAILED, app.pk, Outcome.FAILED)
    webhook_messages_make()
    assert names(endpoint) == ["release.publish_failed"]


def test_what_happens_while_it_is_off_isnt_kept_for_it(app: App, endpoint: WebhookEndpoint) -> None:
    webhook_switch(endpoint=endpoint, on=False, actor=SYSTEM)
    happened(Action.GUARD_TRIPPED, app.pk)
    webhook_switch(endpoint=endpoint, on=True, actor=SYSTEM)
    happened(Action.RELEASE_HALTED, app.pk)
    webhook_messages_make()
    assert names(endpoint) == ["release.halted"]


def test_a_long_log_is_read_in_pieces(
    app: App, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_EVENTS_AT_ONCE", 2)
    told = [happened(Action.GUARD_TRIPPED, app.pk) for _ in range(5)]
    assert webhook_messages_make() == 5
    places = AuditLeaf.objects.filter(number__in=told).values_list("sequence", flat=True)
    made = endpoint.deliveries.order_by("pk").values_list("event_sequence", flat=True)
    assert list(made) == sorted(places)


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_later_under_a_lower_number_is_told_too(
    app: App, endpoint: WebhookEndpoint
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    written, go = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            happened(Action.GUARD_TRIPPED, app.pk)
            written.set()
            go.wait(60)
        connections.close_all()

    slow = Thread(target=write)
    slow.start()
    written.wait(60)
    happened(Action.RELEASE_HALTED, app.pk)
    assert webhook_messages_make() == 1
    go.set()
    slow.join(60)
    assert webhook_messages_make() == 1
    assert names(endpoint) == ["release.halted", "guard.tripped"]


def test_a_death_between_message_and_position_doubles_nothing(
    app: App, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CrashError(Exception): ...

    def die(*_: object, **__: object) -> None:
        raise CrashError

    happened(Action.GUARD_TRIPPED, app.pk)
    with monkeypatch.context() as dying:
        dying.setattr(WebhookPosition, "save", die)
        with pytest.raises(CrashError):
            webhook_messages_make()
    assert not WebhookDelivery.objects.exists()
    assert webhook_messages_make() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_each_message_once(app: App, endpoint: WebhookEndpoint) -> None:
    for _ in range(3):
        happened(Action.GUARD_TRIPPED, app.pk)
    assert sum(at_once([webhook_messages_make] * 2)) == 3
    assert endpoint.deliveries.count() == 3
