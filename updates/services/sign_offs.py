"""Signing releases off: each person for themselves, once for each revision, and never their own release.

What a person confirms is bound to all that their page showed: the bundle and the one it takes the place of,
the terms, what checks found with the answers, and how the bundle goes with the store's builds. When any of
it moves, the confirmation is of something else.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.models import StepUp, User
from accounts.services.step_up import step_up_use
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import canonical_json, sha256_hex
from updates.domain.release_state import ReleaseState
from updates.domain.store_policy import CHECKLIST
from updates.errors import (
    AlreadySignedError,
    ChecklistNotAttestedError,
    CommentMissingError,
    ReleaseStateError,
    SelfSignOffError,
    SignOffRoleError,
)
from updates.models import Release, SignOff
from updates.selectors.native_builds import native_matrix
from updates.selectors.publish_checks import findings_of, release_before
from updates.selectors.sign_offs import SIGNABLE, eligibility_of, makers_of, sign_off_standing
from updates.services.releases import release_advance, release_move
from updates.services.releases.rows import release_lock, release_record, revision_begin

COMMENT_MAX = 500


def sign_off_operation(*, release: Release, role: str) -> Operation:
    """Name the sign-off of a release as it is, for one role."""
    return Operation(
        "updates:release:sign_off",
        {
            "app": release.app_id,
            "release": release.release_seq,
            "revision": release.revision,
            "seen": sha256_hex(canonical_json(_seen(release))),
            "checklist": CHECKLIST.name,
            "role": role,
        },
    )


def release_sign_off(
    *, release: Release, role: str, attests: bool, comment: str = "", step_up: StepUp
) -> SignOff:
    """Approve a release; with the last sign-off that was missing it goes on by itself.

    Args:
        release: The release, of the revision that the person looked at.
        role: For which of the roles whose sign-offs are missing; empty: anyone's.
        attests: Whether they say that it keeps the stores' rules.
        comment: What they have to say, if anything.
        step_up: Their confirmation of exactly this.

    Raises:
        ChecklistNotAttestedError: They don't say so.
        PermissionDeniedError: They may not sign off releases here.
        ReleaseStateError: It doesn't wait for sign-offs.
        SelfSignOffError: It's theirs.
        AlreadySignedError: They have signed it.
        SignOffRoleError: They don't hold the role, or none of it is missing.
        StepUpRequiredError: They confirmed something else.
    """
    now = clock.now()
    with transaction.atomic():
        if not attests:
            raise ChecklistNotAttestedError
        release = release_lock(release)
        user = _signer_check(step_up.user, release)
        if role not in eligibility_of(user, release).roles:
            raise SignOffRoleError
        operation = sign_off_operation(release=release, role=role)
        step_up_use(step_up=step_up, operation=operation)
        seen = str(operation.facts["seen"])
        signed = _word(release, user, now, role=role, digest=seen, approves=True, comment=comment)
        event = release_record(
            Action.RELEASE_SIGNED_OFF,
            release,
            actor=user.actor,
            now=now,
            role=role,
            digest=seen,
            checklist=CHECKLIST.name,
        )
        signed.event = event.number
        signed.save(update_fields=["event"])
        release_advance(release=release, now=now, actor=user.actor)
    return signed


def release_reject(*, release: Release, person: User, comment: str) -> SignOff:
    """Say no: a release that waited is a draft again, and what others signed of it is void.

    Raises:
        CommentMissingError: They don't say why.
        PermissionDeniedError: They may not sign off releases here.
        ReleaseStateError: It doesn't wait for sign-offs.
        SelfSignOffError: It's theirs: they may change or discard it.
        AlreadySignedError: They have signed it.
    """
    now = clock.now()
    with transaction.atomic():
        release = release_lock(release)
        user = _signer_check(person, release)
        if not comment.strip():
            raise CommentMissingError
        seen = sha256_hex(canonical_json(_seen(release)))
        signed = _word(release, user, now, role="", digest=seen, approves=False, comment=comment)
        release_record(Action.RELEASE_REJECTED, release, actor=user.actor, now=now, digest=seen)
        _begin_anew(release, user, signed, now)
    return signed


def _begin_anew(release: Release, user: User, signed: SignOff, now: datetime) -> None:
    """Void what was signed; a halted release stays halted, for devices run it."""
    revision_begin(release, actor=user.actor, now=now)
    if release.state == ReleaseState.AWAITING.value:
        release_move(release, ReleaseState.DRAFT, now, reason=f"Rejected: {signed.comment}"[:COMMENT_MAX])
    release.save()


def _signer_check(person: User, release: Release) -> User:
    """Ask anew who somebody is and what they may; neither their session nor a page is proof of it.

    Raises:
        PermissionDeniedError: They aren't there any more, or may not.
        ReleaseStateError: It doesn't wait for sign-offs.
        SelfSignOffError: It's theirs.
        AlreadySignedError: They have signed it.
    """
    user = User.objects.filter(pk=person.pk, is_active=True).first()
    if user is None or not user.may(
        Permission.RELEASE_APPROVE, app_id=release.app_id, channel=release.channel.name
    ):
        raise PermissionDeniedError(Permission.RELEASE_APPROVE.value)
    if release.state not in SIGNABLE:
        raise ReleaseStateError("This release doesn't wait for sign-offs.")
    if user.pk in makers_of(release):
        raise SelfSignOffError
    if SignOff.objects.filter(release=release, revision=release.revision, person=user).exists():
        raise AlreadySignedError
    return user


def _word(
    release: Release, user: User, now: datetime, *, role: str, digest: str, approves: bool, comment: str
) -> SignOff:
    return SignOff.objects.create(
        release=release,
        revision=release.revision,
        digest=digest,
        person=user,
        role=role,
        approves=approves,
        comment=comment.strip()[:COMMENT_MAX],
        checklist=CHECKLIST.name if approves else "",
        at=now,
    )


def _seen(release: Release) -> dict[str, Any]:
    """All that the page of a sign-off shows, in the state in which it is."""
    before = release_before(release)
    return {
        "channel": release.channel.name,
        "state": release.state,
        "version": release.bundle.version,
        "bundle_sha256": release.bundle.archive_id,
        "manifest_sha256": release.bundle.manifest_sha256,
        "native_fingerprint": release.bundle.native_fingerprint,
        "before": before.bundle.archive_id if before else "",
        "findings": [[finding.key, finding.words, finding.answer] for finding in findings_of(release)],
        "builds": [
            [row.build.platform, row.build.version, row.build.build_number, row.in_range, row.fits]
            for row in native_matrix(release).rows
        ],
        "required": [[each.role, each.count] for each in sign_off_standing(release).required],
        **_terms(release),
    }


def _terms(release: Release) -> dict[str, Any]:
    return {
        "rollout_bps": release.rollout_bps,
        "plan": release.plan,
        "spread_minutes": release.spread_minutes,
        "audience": release.audience,
        "native_min": release.native_min,
        "native_max": release.native_max,
        "native_override": release.native_override,
        "mandatory": release.mandatory,
        "notes": release.notes,
        "reason": release.reason,
        "scheduled_at": release.scheduled_at.isoformat() if release.scheduled_at else "",
        "scheduled_zone": release.scheduled_zone,
    }
