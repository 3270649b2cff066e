"""Receipts: what they prove, when they're taken, and that nothing changes them."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.domain.proofs import proof_check, proof_parse
from compliance.ledger.errors import LedgerError
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.actors import actor_made
from tests.support.at_once import at_once
from tests.support.receipts import log_keys, longer_log_signed, signer_down
from tests.support.releasing import drafted, sign_off_wanted, signed
from tests.support.shipping import bundle_made, recorded, released
from updates.errors import ReleaseStateError
from updates.models import Channel, DecisionTableVersion, Release, ReleaseReceipt, SignOff
from updates.selectors.decision_table import decision_table_build
from updates.selectors.receipts import receipts_overdue
from updates.services import (
    channel_roll_back,
    receipts_take,
    release_halt,
    release_plan_set,
    release_resume,
    release_rollout_set,
    release_submit,
    rollouts_step,
)


def receipt(release: Release) -> ReleaseReceipt:
    return release.receipts.latest("pk")


def proved(receipt: ReleaseReceipt) -> list[str]:
    """What a receipt proves, by an offline verifier's own checks: the actions, in their order in the log."""
    found = []
    for text in (receipt.proof, *(each["proof"] for each in receipt.others)):
        proof = proof_parse(text)
        checkpoint = proof_check(text, leaf_hash(proof.extra), log_keys(receipt.origin))
        assert (checkpoint.origin, checkpoint.size) == (receipt.origin, receipt.size)
        found.append((proof.index, json.loads(proof.extra)["action"]))
    return [action for _, action in sorted(found)]


def served(channel: Channel) -> list[str]:
    views = decision_table_build().apps[channel.app_id].channels[channel.name].releases
    return [view.version for view in views if view.offered]


def awaiting(production: Channel, ansel: User, amelie: User) -> Release:
    sign_off_wanted(production, 2)
    release = release_submit(release=drafted(production, "1.0.0"), actor=SYSTEM)
    signed(release, ansel)
    return signed(release, amelie)


@pytest.fixture
def amelie(db: None) -> User:
    return actor_made("amelie")


def test_a_receipt_proves_the_publication_offline(production: Channel) -> None:
    release = released(production, "1.0.0")
    (event,) = recorded(Action.RELEASE_PUBLISHED)
    made = receipt(release)
    assert (made.event, made.sequence) == (event.number, proof_parse(made.proof).index)
    assert proved(made) == ["updates:release:publish"]
    assert proof_parse(made.proof).extra == bytes(event.header)


def test_a_receipt_proves_every_sign_off(production: Channel, ansel: User, amelie: User) -> None:
    release = awaiting(production, ansel, amelie)
    assert proved(receipt(release)) == [
        "updates:release:sign_off",
        "updates:release:sign_off",
        "updates:release:publish",
    ]


def test_a_sign_off_of_an_earlier_revision_isnt_in_it(production: Channel, ansel: User) -> None:
    release = drafted(production, "1.0.0")
    sign_off_wanted(production)
    release_submit(release=release, actor=SYSTEM)
    SignOff.objects.create(
        release=release,
        revision=9,
        digest="0" * 64,
        person=ansel,
        approves=True,
        at=clock.now(),
        event=AuditEvent.objects.earliest("number").number,
    )
    signed(release, ansel)
    assert proved(receipt(release)) == ["updates:release:sign_off", "updates:release:publish"]


def test_without_proof_of_a_sign_off_nothing_is_served(
    production: Channel, ansel: User, amelie: User
) -> None:
    with signer_down():
        release = awaiting(production, ansel, amelie)
    SignOff.objects.filter(person=amelie).update(event=10**9)
    assert receipts_take() == 0
    assert served(production) == []
    assert "has no event 1000000000" in Release.objects.get(pk=release.pk).receipt_trouble


def test_a_sign_off_from_before_numbers_were_kept_is_found(
    production: Channel, ansel: User, amelie: User
) -> None:
    with signer_down():
        release = awaiting(production, ansel, amelie)
    SignOff.objects.update(event=None)
    receipts_take()
    assert len(proved(receipt(release))) == 3


def test_one_that_the_log_knows_nothing_of_holds_it_up(
    production: Channel, ansel: User, amelie: User, rita: User
) -> None:
    with signer_down():
        awaiting(production, ansel, amelie)
    SignOff.objects.filter(person=amelie).update(event=None, person=rita)
    assert receipts_take() == 0
    assert served(production) == []


def test_going_on_after_a_halt_has_a_receipt_of_its_own_with_the_sign_offs_given_anew(
    production: Channel, ansel: User, amelie: User
) -> None:
    release = awaiting(production, ansel, amelie)
    release_halt(release=release, actor=SYSTEM, reason="It failed.")
    signed(release, ansel)
    signed(release, amelie)
    release_resume(release=release, actor=SYSTEM)
    assert release.receipts.count() == 2
    assert proved(receipt(release)) == [
        "updates:release:publish",
        "updates:release:sign_off",
        "updates:release:sign_off",
        "updates:release:resume",
    ]


def test_why_it_waits_is_kept_until_it_doesnt(production: Channel) -> None:
    with signer_down():
        release = released(production, "1.0.0")
    release.refresh_from_db()
    assert release.receipt_trouble == "The HSM doesn't answer."
    receipts_take()
    release.refresh_from_db()
    assert release.receipt_trouble == ""


def test_a_log_that_was_put_back_is_named(production: Channel) -> None:
    released(production, "1.0.0")
    longer_log_signed()
    release = released(production, "1.1.0")
    release.refresh_from_db()
    assert "doesn't continue the 1000000 that were signed" in release.receipt_trouble


def test_a_rollback_needs_no_receipt_but_the_one_that_is_there(production: Channel) -> None:
    old = released(production, "1.0.0")
    released(production, "1.1.0")
    with signer_down():
        channel_roll_back(channel=production, to=None, actor=SYSTEM)
    assert served(production) == ["1.0.0"]
    assert old.receipts.count() == 1


def test_what_was_taken_back_while_it_waited_gets_its_receipt_and_isnt_served(production: Channel) -> None:
    with signer_down():
        release = released(production, "1.0.0")
        channel_roll_back(channel=production, to=None, actor=SYSTEM)
    assert receipts_take() == 1
    assert release.receipts.exists()
    assert served(production) == []


def test_a_rollout_goes_no_further_while_it_waits(production: Channel) -> None:
    with signer_down():
        release = released(production, "1.0.0", 1000)
        with pytest.raises(ReleaseStateError, match="waits for its receipt"):
            release_rollout_set(release=release, rollout_bps=2000, actor=SYSTEM)
        with pytest.raises(ReleaseStateError, match="waits for its receipt"):
            release_plan_set(release=release, plan=[{"bps": 5000}], actor=SYSTEM)


def test_a_plan_takes_no_step_unseen_and_begins_with_the_receipt(
    production: Channel, time: time_machine.Traveller
) -> None:
    bundle_made(production.app, "1.0.0")
    plan = [{"bps": 1000, "soak_minutes": 30}, {"bps": 10_000}]
    with signer_down():
        draft = drafted(production, "1.0.0", plan=plan, rollout_bps=1000)
        release = release_submit(release=draft, actor=SYSTEM)
        time.shift(timedelta(hours=2))
        assert rollouts_step() == 0
    receipts_take()
    release.refresh_from_db()
    assert release.published_at == release.plan_step_at == release.counts_from == clock.now()
    assert rollouts_step() == 0
    time.shift(timedelta(minutes=31))
    assert rollouts_step() == 1


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-30T12:00:00Z", tick=False) as traveller:
        yield traveller


def test_only_what_waits_for_longer_than_a_moment_is_overdue(
    production: Channel, time: time_machine.Traveller
) -> None:
    with signer_down():
        release = released(production, "1.0.0")
        assert receipts_overdue(now=clock.now()) == []
        time.shift(timedelta(minutes=1, seconds=1))
        assert receipts_overdue(now=clock.now()) == [release]
    receipts_take()
    assert receipts_overdue(now=clock.now()) == []


def test_what_was_live_before_there_were_receipts_gets_one_and_nothing_begins_anew(
    production: Channel,
) -> None:
    release = released(production, "1.0.0")
    before = Release.objects.get(pk=release.pk)
    forgotten(release)
    assert served(production) == []
    assert receipts_take() == 1
    after = Release.objects.get(pk=release.pk)
    assert served(production) == ["1.0.0"]
    assert (after.published_at, after.counts_from) == (before.published_at, before.counts_from)
    assert after.live_event == before.live_event


def test_what_the_log_knows_nothing_of_is_recorded_now(production: Channel) -> None:
    release = released(production, "1.0.0")
    forgotten(release)
    Release.objects.update(release_seq=77)
    assert receipts_take() == 1
    late = recorded(Action.RELEASE_PUBLISHED)[-1]
    assert (late.object_id, late.detail["recorded_late"]) == ("77", True)
    assert proved(receipt(release)) == ["updates:release:publish"]


def forgotten(release: Release) -> None:
    """As it was before there were receipts."""
    triggers_off()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM updates_releasereceipt WHERE release_id = %s", [release.pk])
    Release.objects.filter(pk=release.pk).update(live_event=None, live_revision=None)


def triggers_off() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            connection.check_constraints()
            cursor.execute("ALTER TABLE updates_releasereceipt DISABLE TRIGGER updates_receipt_append_only")
        else:
            cursor.execute("DROP TRIGGER updates_receipt_no_delete")


@pytest.mark.parametrize(
    ("vendor", "sql"),
    [
        ("", "UPDATE updates_releasereceipt SET size = size + 1"),
        ("", "DELETE FROM updates_releasereceipt"),
        ("sqlite", "INSERT OR REPLACE INTO updates_releasereceipt SELECT * FROM updates_releasereceipt"),
        ("postgresql", "TRUNCATE updates_releasereceipt"),
    ],
)
def test_the_database_changes_no_receipt(production: Channel, vendor: str, sql: str) -> None:
    if vendor not in {"", connection.vendor}:
        pytest.skip("The other database's own statement.")
    released(production, "1.0.0")
    connection.check_constraints()
    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_no_code_changes_a_receipt(production: Channel) -> None:
    made = receipt(released(production, "1.0.0"))
    for change in (made.save, made.delete, ReleaseReceipt.objects.all().delete):
        with pytest.raises(LedgerError):
            change()


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_a_receipt_once(production: Channel) -> None:
    with signer_down():
        release = released(production, "1.0.0")
    assert sum(at_once([receipts_take] * 2)) == 1
    assert release.receipts.count() == 1


@pytest.mark.django_db(transaction=True)
def test_every_process_is_told_when_the_receipt_comes(production: Channel) -> None:
    with signer_down():
        released(production, "1.0.0")
    before = DecisionTableVersion.objects.get().version
    receipts_take()
    assert DecisionTableVersion.objects.get().version == before + 1
