"""Which releases have their receipt, which wait for it, and what a receipt proves."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.domain.held_proofs import HeldProof
from compliance.ledger.domain.phrases import phrase
from compliance.ledger.domain.proofs import proof_parse
from compliance.ledger.errors import ProofError
from compliance.ledger.models import AuditEvent
from updates.domain.release_state import ON_CHANNEL, OVER
from updates.errors import NotFoundError
from updates.models import Release, ReleaseReceipt, SignOff

# A receipt takes a moment; longer than this is trouble.
PATIENCE: Final = timedelta(minutes=1)
_PUBLISHED: Final = Action.RELEASE_PUBLISHED.value
_MAKES_LIVE: Final = (_PUBLISHED, Action.RELEASE_RESUMED.value)
_BESIDE: Final = (*_MAKES_LIVE, Action.RELEASE_SIGNED_OFF.value)
_AT_ONCE: Final = 200
# Of a release: devices may be offered it.
RECEIVED: Final = Exists(ReleaseReceipt.objects.filter(release=OuterRef("pk"), event=OuterRef("live_event")))
# Of a release: devices were offered it at some time, maybe before it was halted.
EVER_RECEIVED: Final = Exists(ReleaseReceipt.objects.filter(release=OuterRef("pk")))


@dataclass(frozen=True, slots=True)
class EventProof:
    """One proof of a receipt: of which event, at which place in the log, what that says, and the file."""

    event: int
    sequence: int
    words: str
    text: str


def is_received(release: Release) -> bool:
    """Tell whether the release has the receipt without which no device is offered it."""
    return receipt_of(release) is not None


def receipt_of(release: Release) -> ReleaseReceipt | None:
    """Find the receipt of what made the release live last."""
    if release.live_event is None:
        return None
    # Who reads many releases has them prefetched.
    return next((each for each in release.receipts.all() if each.event == release.live_event), None)


def receipt_get(*, release: Release) -> ReleaseReceipt:
    """Find the same, for who asks for it.

    Raises:
        NotFoundError: There is none.
    """
    receipt = receipt_of(release)
    if receipt is None:
        raise NotFoundError("This release has no receipt, so no device is offered it.")
    return receipt


def receipt_wait(release: Release) -> str | None:
    """Say why a release on its channel waits for its receipt; None: it doesn't wait."""
    if release.state not in ON_CHANNEL or is_received(release):
        return None
    trouble = Release.objects.values_list("receipt_trouble", flat=True).get(pk=release.pk)
    return trouble or "The worker takes it within seconds."


def receipt_proof(*, release: Release, event: int) -> str:
    """Find a proof among all receipts of a release by the number of the event that it proves.

    Raises:
        NotFoundError: None of them proves it.
    """
    for receipt in ReleaseReceipt.objects.filter(release=release).order_by("-pk"):
        for proof in receipt_proofs(receipt):
            if proof.event == event:
                return proof.text
    raise NotFoundError("No receipt of this release proves that.")


def receipt_proofs(receipt: ReleaseReceipt) -> list[EventProof]:
    """List what a receipt proves, in the order of the log."""
    written = [(receipt.event, receipt.proof), *((each["event"], each["proof"]) for each in receipt.others)]
    proofs = [_proof(event, text) for event, text in written]
    return sorted(proofs, key=lambda proof: proof.sequence)


def _proof(event: int, text: str) -> EventProof:
    parsed = proof_parse(text)
    header = json.loads(parsed.extra)
    return EventProof(event, parsed.index, phrase(header["action"], header["outcome"]), text)


def receipts_held() -> Iterator[HeldProof]:
    """List what each receipt of a release that devices may be offered has to prove, for who verifies the log.

    A receipt is a row, and whoever can write rows can write one: by itself it vouches for nothing.

    Yields:
        The proof of what made a release live, of its publication, and those of its sign-offs.
    """
    over = sorted(state.value for state in OVER)
    releases = Release.objects.filter(RECEIVED).exclude(state__in=over).order_by("pk")
    read = releases.select_related("bundle", "channel").defer("bundle__manifest").prefetch_related("receipts")
    for release in read.iterator(chunk_size=_AT_ONCE):
        if (receipt := receipt_of(release)) is None:
            continue
        try:
            others = [(int(each["event"]), str(each["proof"]), each["action"]) for each in receipt.others]
        except (LookupError, TypeError, ValueError):
            others = [(receipt.event, "", "")]  # no proof at all, and so it's told
        is_elsewhere = any(action == _PUBLISHED for _, _, action in others)
        yield _held(release, receipt.event, receipt.proof, _MAKES_LIVE if is_elsewhere else (_PUBLISHED,))
        for event, text, action in others:
            yield _held(release, event, text, (_PUBLISHED,) if action == _PUBLISHED else _BESIDE)


def _held(release: Release, event: int, text: str, actions: Iterable[str]) -> HeldProof:
    return HeldProof(
        said=f"The receipt of release {release.release_seq} of {release.app_id}",
        event=event,
        text=text,
        actions=frozenset(actions),
        app_id=release.app_id,
        subject=("release", str(release.release_seq)),
        facts={
            "channel": release.channel.name,
            "version": release.bundle.version,
            "bundle_sha256": release.bundle.archive_id,
        },
    )


def receipts_missing() -> QuerySet[Release]:
    """Releases that went live and have no receipt for it, whatever became of them; oldest first.

    Also those that were taken back meanwhile: a rollback may serve them again.
    """
    over = sorted(state.value for state in OVER)
    missing = Release.objects.filter(~RECEIVED, live_seq__isnull=False).exclude(state__in=over)
    return missing.order_by("live_seq")


def receipts_overdue(*, now: datetime) -> list[Release]:
    """List the releases that should be served and have waited for their receipt for longer than a moment."""
    on_channel = sorted(state.value for state in ON_CHANNEL)
    waiting = receipts_missing().filter(state__in=on_channel).select_related("app", "channel", "bundle")
    numbers = waiting.values_list("live_event", flat=True)
    fresh = AuditEvent.objects.filter(number__in=list(numbers), at__gt=now - PATIENCE)
    return list(waiting.defer("bundle__manifest").exclude(live_event__in=fresh.values("number")))


def made_live_by(release: Release) -> list[AuditEvent]:
    """Name the events that a receipt proves, as recorded: publication, required sign-offs, going on again.

    Of a halted release that goes on, the sign-offs are those given anew.

    Raises:
        ProofError: The log knows nothing of a sign-off.
    """
    about = AuditEvent.objects.filter(
        app_id=release.app_id,
        object_type="release",
        object_id=str(release.release_seq),
        outcome=Outcome.DONE.value,
    )
    if release.live_event is None:
        return _before_receipts(about)
    signed = SignOff.objects.filter(release=release, revision=release.live_revision or 0, approves=True)
    numbers = {release.live_event, *(each.event or _signed_before(each, about) for each in signed)}
    events = about.filter(Q(number__in=numbers) | Q(action=Action.RELEASE_PUBLISHED.value))
    found = list(events.order_by("number"))
    if missing := numbers - {event.number for event in found}:
        raise ProofError(f"The audit log has no event {min(missing)} about this release.")
    return found


def _signed_before(sign_off: SignOff, about: QuerySet[AuditEvent]) -> int:
    """Find the event of a sign-off that was given before its number was kept.

    Raises:
        ProofError: There is none: nothing proves this sign-off.
    """
    signed = about.filter(action=Action.RELEASE_SIGNED_OFF.value, actor_id=sign_off.person.actor.id)
    event = signed.order_by("number").last()
    if event is None:
        raise ProofError(f"The audit log knows nothing of the sign-off of {sign_off.at:%Y-%m-%d %H:%M} UTC.")
    return event.number


def _before_receipts(about: QuerySet[AuditEvent]) -> list[AuditEvent]:
    """Of what went live before there were receipts: all up to what made it live last."""
    last = about.filter(action__in=_MAKES_LIVE).order_by("number").last()
    if last is None:
        return []
    proved = about.filter(action__in=[*_MAKES_LIVE, Action.RELEASE_SIGNED_OFF.value], number__lte=last.number)
    return list(proved.order_by("number"))
