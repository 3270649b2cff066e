"""Reading the trust chains of apps: what is signed, what should be signed by now, and what is served."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from releaseconsole.kernel.encoding import canonical_json, sha256_hex
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.domain.trust_content import DelegationContent, RotationContent, claims_read
from signing.models import DocumentType, SigningKey, TrustDocument
from signing.selectors.keys import stored_public_key

OFFLINE: Final = "offline"
# A delegation is renewed after two thirds of its life: four months to hold a ceremony, and to miss one.
_RENEWED_AFTER: Final = 2 / 3


@dataclass(frozen=True, slots=True)
class TrustBody:
    """What the trust endpoint answers for one app, ready to be sent; not from `expires_epoch` on."""

    body: bytes
    etag: str
    expires_epoch: int


@dataclass(frozen=True, slots=True)
class TrustStanding:
    """How an app's trust chain stands, for pages, probes and the doctor.

    Attributes:
        root_kid: The root; empty if there's none.
        root_is_offline: Whether its private half is on a machine of its own.
        pending_root_kid: A root that was registered and isn't in use before the rotation is signed.
        delegation_version: 0 if there's no delegation.
        delegation_expires_at: None if there's none.
        delegation_days_left: Whole days; 0 if there's none, or it is over.
        delegated_kids: The trust keys it names, by rank.
        is_ceremony_due: The offline root has to sign something that only it can.
        trust_version: 0 if there's no bundle.
        trust_signed_at: When the bundle was signed; None if there's none.
        trust_signer_kid: Who signed it.
        is_served: Devices get an answer.
        problems: Stable codes, worst first.
    """

    root_kid: str
    root_is_offline: bool
    pending_root_kid: str
    delegation_version: int
    delegation_expires_at: datetime | None
    delegation_days_left: int
    delegated_kids: tuple[str, ...]
    is_ceremony_due: bool
    trust_version: int
    trust_signed_at: datetime | None
    trust_signer_kid: str
    is_served: bool
    problems: tuple[str, ...]


def current_document(app_id: str, document_type: DocumentType) -> TrustDocument | None:
    """Return the newest document of a kind, void or not."""
    rows = TrustDocument.objects.filter(app_id=app_id, document_type=document_type)
    return rows.order_by("-version").first()


def delegated_kids(app_id: str) -> tuple[str, ...]:
    """Return the trust keys that clients can trust, by rank: those that a delegation in force names."""
    delegation = current_document(app_id, DocumentType.DELEGATION)
    return () if delegation is None or delegation.is_void else _named(delegation)


def root_key(app_id: str, state: KeyState = KeyState.ACTIVE) -> SigningKey | None:
    """Return the app's root, or the one that is to follow it."""
    return SigningKey.objects.filter(app_id=app_id, purpose=KeyPurpose.ROOT, state=state).first()


def delegation_wanted(app_id: str) -> DelegationContent | None:
    """Say what the app's delegation should say by now; None without a root or a trust key."""
    root = root_key(app_id)
    states = (KeyState.ACTIVE, KeyState.PREPUBLISHED)
    rows = SigningKey.objects.filter(app_id=app_id, purpose=KeyPurpose.TRUST, state__in=states)
    by_state = {row.state: row for row in rows}
    if root is None or KeyState.ACTIVE not in by_state:
        return None
    ranked = [by_state[state] for state in states if state in by_state]
    return DelegationContent(
        issuer=settings.PUBLIC_URL,
        app_id=app_id,
        root_kid=root.key_id,
        keys=[public_jwk(row) for row in ranked],
    )


def rotation_wanted(app_id: str) -> RotationContent | None:
    """Say what a rotation to the root in waiting should say; None if there's none, or no root before it."""
    old, new = root_key(app_id), root_key(app_id, KeyState.PREPUBLISHED)
    if old is None or new is None:
        return None
    return RotationContent(
        issuer=settings.PUBLIC_URL, app_id=app_id, old=public_jwk(old), new=public_jwk(new)
    )


def public_jwk(row: SigningKey) -> dict[str, str]:
    """Return the public half of a key, exactly as it is published.

    Raises:
        KeyUnavailableError: The row contradicts itself.
    """
    stored_public_key(row)
    return dict(row.public_jwk or {})


def is_delegation_due(delegation: TrustDocument | None, wanted: DelegationContent, now: datetime) -> bool:
    """Say whether a delegation has to be signed: it's missing, void, old, or says something else."""
    if delegation is None or delegation.is_void or delegation.content_sha256 != wanted.sha256():
        return True
    life = delegation.expires_at - delegation.signed_at
    return now >= delegation.signed_at + life * _RENEWED_AFTER


def trust_bodies() -> dict[str, TrustBody]:
    """Return what is served, by app id: one query for all apps.

    An app isn't among them while a document is missing or void, or while its bundle is signed by a key that
    the delegation doesn't name: its clients would refuse the answer.
    """
    chains: dict[str, list[TrustDocument]] = {}
    for row in TrustDocument.objects.order_by("app_id", "version"):
        chains.setdefault(row.app_id, []).append(row)
    served = {app_id: _body(chain) for app_id, chain in chains.items()}
    return {app_id: body for app_id, body in served.items() if body is not None}


def _body(chain: Sequence[TrustDocument]) -> TrustBody | None:
    found = {row.document_type: row for row in chain if not row.is_void}
    delegation, trust = found.get(DocumentType.DELEGATION), found.get(DocumentType.TRUST)
    if delegation is None or trust is None or trust.signer_kid not in _named(delegation):
        return None
    answer = {
        "delegation": delegation.signed,
        "trust": trust.signed,
        "rotations": _rotations(chain, to_kid=delegation.signer_kid),
    }
    expires = min(delegation.expires_at, trust.expires_at)
    body = canonical_json(answer)
    return TrustBody(body, f'"{sha256_hex(body)}"', int(expires.timestamp()))


def _rotations(chain: Iterable[TrustDocument], *, to_kid: str) -> list[dict[str, str]]:
    """List the rotations that lead to the root which signed the delegation.

    One that leads further waits until the new root has signed a delegation: a client that followed it would
    trust nothing that is there.
    """
    by_new: Mapping[str, TrustDocument] = {
        claims_read(row.signed)["new"]["kid"]: row
        for row in chain
        if row.document_type == DocumentType.ROOT_ROTATION
    }
    steps: list[dict[str, str]] = []
    while to_kid in by_new and len(steps) < len(by_new):
        row = by_new[to_kid]
        steps.insert(0, {"old": row.signed, "new": row.signed_by_new})
        to_kid = row.signer_kid
    return steps


def _named(delegation: TrustDocument) -> tuple[str, ...]:
    return tuple(jwk["kid"] for jwk in claims_read(delegation.signed)["keys"])


def trust_standing(app_id: str, now: datetime) -> TrustStanding:
    """Say how an app's trust chain stands."""
    root, pending = root_key(app_id), root_key(app_id, KeyState.PREPUBLISHED)
    delegation = current_document(app_id, DocumentType.DELEGATION)
    trust = current_document(app_id, DocumentType.TRUST)
    named = _named(delegation) if delegation else ()
    problems = _problems(app_id, delegation, trust, named, now)
    is_offline = root is not None and root.backend == OFFLINE
    wanted = delegation_wanted(app_id)
    is_due = wanted is not None and is_delegation_due(delegation, wanted, now)
    left = delegation.expires_at - now if delegation else timedelta(0)
    return TrustStanding(
        root_kid=root.key_id if root else "",
        root_is_offline=is_offline,
        pending_root_kid=pending.key_id if pending else "",
        delegation_version=delegation.version if delegation else 0,
        delegation_expires_at=delegation.expires_at if delegation else None,
        delegation_days_left=max(0, left.days),
        delegated_kids=named,
        is_ceremony_due=(is_offline and is_due) or _waits_for_ceremony(root, pending),
        trust_version=trust.version if trust else 0,
        trust_signed_at=trust.signed_at if trust else None,
        trust_signer_kid=trust.signer_kid if trust else "",
        is_served=not set(problems) & _FATAL,
        problems=_root_problems(app_id, root) + problems,
    )


def _root_problems(app_id: str, root: SigningKey | None) -> tuple[str, ...]:
    if root is None:
        return ("root_missing",)
    # Served all the same: a build that pins the new one needs it. The others refuse whatever it signs.
    revoked = SigningKey.objects.filter(app_id=app_id, purpose=KeyPurpose.ROOT, revoked_at__isnull=False)
    if not revoked.exists():
        return ()
    last = current_document(app_id, DocumentType.ROOT_ROTATION)
    led_here = last is not None and claims_read(last.signed)["new"]["kid"] == root.kid
    return () if led_here else ("root_replaced",)


def _waits_for_ceremony(root: SigningKey | None, pending: SigningKey | None) -> bool:
    # Two online roots rotate without one.
    return pending is not None and OFFLINE in {pending.backend, root.backend if root else ""}


# With one of these devices get no answer.
_FATAL: Final = frozenset(
    f"{name}_{fault}" for name in ("delegation", "trust") for fault in ("missing", "void", "expired")
) | {"trust_signer_not_delegated"}


def _problems(
    app_id: str,
    delegation: TrustDocument | None,
    trust: TrustDocument | None,
    named: Sequence[str],
    now: datetime,
) -> tuple[str, ...]:
    problems = [_document_problem("delegation", delegation, now), _document_problem("trust", trust, now)]
    if delegation and trust and trust.signer_kid not in named:
        problems.append("trust_signer_not_delegated")
    states = dict(
        SigningKey.objects.filter(app_id=app_id, purpose=KeyPurpose.TRUST).values_list("kid", "state")
    )
    revoked = [kid for kid in named if states.get(kid) in {KeyState.COMPROMISED, KeyState.DESTROYED}]
    active = next((kid for kid, state in states.items() if state == KeyState.ACTIVE), None)
    if delegation and active not in named:
        problems.append("trust_key_not_delegated")
    if active in named and set(named[named.index(active) + 1 :]) & set(revoked):
        # The thief's word outranks the console's until the root says otherwise.
        problems.append("standby_revoked")
    if delegation and active in named and active == named[-1]:
        problems.append("standby_missing")
    return tuple(problem for problem in problems if problem)


def _document_problem(name: str, document: TrustDocument | None, now: datetime) -> str:
    if document is None:
        return f"{name}_missing"
    if document.is_void:
        return f"{name}_void"
    return f"{name}_expired" if document.expires_at <= now else ""
