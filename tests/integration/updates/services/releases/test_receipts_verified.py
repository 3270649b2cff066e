"""Receipts that somebody wrote with the console's own rights: who verifies the log finds them."""

from typing import Any

import pytest

from compliance.ledger.domain.events import SYSTEM
from compliance.ledger.models import AuditEvent
from compliance.ledger.services import events_include
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.verification import log_verify
from releaseconsole.kernel import clock
from tests.support.releasing import drafted
from tests.support.shipping import bundle_made, released
from tests.support.tampering import nonsense_recorded
from updates.models import Channel, Release, ReleaseReceipt
from updates.services import channel_roll_back, release_halt, release_resume


def found() -> list[str]:
    checkpoint_take(now=clock.now())
    return [finding.said for finding in log_verify(now=clock.now()).findings]


def made_live(release: Release, event: int) -> None:
    """What somebody does to its row, and to what is on its channel."""
    now = clock.now()
    on_channel = Release.objects.filter(channel=release.channel, state="live")
    on_channel.update(state="superseded", superseded_by=release, ended_at=now)
    Release.objects.filter(pk=release.pk).update(
        state="live", live_event=event, live_seq=1_000, live_revision=1, published_at=now
    )


def forged(release: Release, event: int, proof: str, others: Any = ()) -> None:
    """A receipt as the console itself could write it, for a release that nobody published."""
    told = {"event": event, "proof": proof, "others": others or []}
    ReleaseReceipt.objects.create(
        release=release, sequence=0, origin="x", size=1, taken_at=clock.now(), **told
    )
    made_live(release, event)


def test_receipts_that_the_console_took_hold(production: Channel) -> None:
    release = released(production, "1.0.0")
    release_halt(release=release, actor=SYSTEM, reason="It crashes.")
    release_resume(release=release, actor=SYSTEM)
    released(production, "1.1.0")
    channel_roll_back(channel=production, to="1.0.0", actor=SYSTEM)
    assert found() == []


@pytest.mark.parametrize("proof", ["", "of another"])
def test_a_made_up_receipt_is_found(proof: str, production: Channel) -> None:
    true = released(production, "1.0.0").receipts.get()
    release = drafted(production, "1.1.0")
    forged(release, event=true.event + 1_000, proof=true.proof if proof else "")
    (said,) = found()
    assert said.startswith(f"The receipt of release {release.release_seq} of {release.app_id} proves ")


def test_a_receipt_for_the_drafting_is_none_for_the_publication(production: Channel) -> None:
    """The log has that event, and proves it: but it made nothing live."""
    released(production, "1.0.0")
    release = drafted(production, "1.1.0")

    event = AuditEvent.objects.filter(object_id=str(release.release_seq), object_type="release").latest(
        "number"
    )
    receipt = events_include([event.number], now=clock.now())
    forged(release, event=event.number, proof=receipt.proofs[event.number])
    (said,) = found()
    assert "which says something else" in said


def test_another_bundle_under_a_true_receipt_is_found(production: Channel) -> None:
    release = released(production, "1.0.0")
    other = bundle_made(production.app, "1.1.0")
    Release.objects.filter(pk=release.pk).update(bundle=other)
    (said,) = found()
    assert "which says another" in said


@pytest.mark.parametrize("others", [[1], [{"event": 1}], {"event": 1}])
def test_proofs_beside_it_that_nobody_can_read_end_no_verification(others: Any, production: Channel) -> None:
    released(production, "1.0.0")
    release, event = drafted(production, "1.1.0"), AuditEvent.objects.latest("number")
    forged(release, event=event.number, proof="", others=others)
    assert any("proves nothing" in said for said in found())


def test_a_proof_of_an_entry_that_nobody_can_read_ends_none_either(production: Channel) -> None:
    """Whoever inserts nonsense as an event has it signed, like everything."""
    release = drafted(production, "1.1.0")
    event = nonsense_recorded()
    text = events_include([event.number], now=clock.now()).proofs[event.number]
    forged(release, event=event.number, proof=text)
    assert any("which nobody can read" in said for said in found())
