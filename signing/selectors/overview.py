"""What pages and the command line read of keys: a handful of queries, however many apps there are.

Sealed values aren't even read: what wasn't read can't be shown by mistake.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.cryptoperiod import KeyRules
from signing.domain.key_life import KeyLife, takeover_at
from signing.domain.key_owner import DEFAULT_ALGORITHM
from signing.domain.key_words import PURPOSE_TITLES
from signing.domain.lifecycle import CONSOLE_PURPOSES, SPENT_STATES, KeyPurpose, KeyState
from signing.domain.timeline import Timeline, timeline
from signing.errors import KeyNotFoundError
from signing.models import DocumentType, SigningKey, TokenProfile, TrustDocument

RulesOf = Callable[[KeyPurpose], KeyRules]

_LOCAL: Final = "local"
# An app has these, in the order in which they matter to its custodian.
_APP_PURPOSES: Final = (KeyPurpose.RELEASE_TOKEN, KeyPurpose.BACKEND_TOKEN, KeyPurpose.TRUST, KeyPurpose.ROOT)
_DELEGATION_WARNING: Final = timedelta(days=30)
_BUNDLE_WARNING: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a custodian should look at; `is_urgent`: something can't be signed, or soon can't."""

    short: str
    text: str
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class PurposeKeys:
    """The keys of one purpose of one app, newest first, as things stand at `now`."""

    purpose: KeyPurpose
    app_id: str
    rows: tuple[SigningKey, ...]
    rules: KeyRules
    wanted: str
    now: datetime

    def in_state(self, state: KeyState) -> SigningKey | None:
        """Find the newest key in a state."""
        return next((row for row in self.rows if row.state == state), None)

    @property
    def title(self) -> str:
        """The purpose in words."""
        return PURPOSE_TITLES[self.purpose]

    @property
    def is_counted(self) -> bool:
        """Whether its keys sign tokens, which are counted; the others sign a document now and then."""
        return self.purpose not in {KeyPurpose.TRUST, KeyPurpose.ROOT, KeyPurpose.CHECKPOINT}

    @property
    def active(self) -> SigningKey | None:
        """The key that signs."""
        return self.in_state(KeyState.ACTIVE)

    @property
    def upcoming(self) -> SigningKey | None:
        """The key in waiting."""
        return self.in_state(KeyState.PREPUBLISHED)

    @property
    def making(self) -> SigningKey | None:
        """The key that is being made."""
        return self.in_state(KeyState.GENERATING)

    @property
    def takeover_at(self) -> datetime | None:
        """When the next key will sign; the due date where there's no next key yet; None: people say when."""
        active, upcoming = self.active, self.upcoming
        planned = takeover_at(
            key_life(active) if active else None,
            key_life(upcoming) if upcoming else None,
            rules=self.rules,
            wanted=self.wanted,
            now=self.now,
        )
        if planned is None and active is not None and active.activated_at is not None:
            return self.rules.rotation_due_at(active.activated_at)
        return planned

    @property
    def days_left(self) -> int | None:
        """Whole days until the next key signs."""
        at = self.takeover_at
        return None if at is None else max((at - self.now).days, 0)

    @property
    def elapsed(self) -> float:
        """How much of the period is over, from 0 to 1."""
        active, at = self.active, self.takeover_at
        if active is None or active.activated_at is None or at is None:
            return 0.0
        whole = at - active.activated_at
        return min(max((self.now - active.activated_at) / whole, 0.0), 1.0) if whole else 1.0

    @property
    def upcoming_known_at(self) -> datetime | None:
        """When every client can have the next key."""
        upcoming = self.upcoming
        if upcoming is None or upcoming.published_at is None:
            return None
        return self.rules.may_sign_from(upcoming.published_at)

    @property
    def can_sign(self) -> bool:
        """Whether something signs, and may."""
        active = self.active
        if active is None or active.activated_at is None:
            return False
        until = self.rules.signs_until(active.activated_at)
        return until is None or self.now < until

    @property
    def timeline(self) -> Timeline:
        """The keys on a line of time."""
        lives = [key_life(row) for row in self.rows]
        return timeline(lives, rules=self.rules, wanted=self.wanted, now=self.now)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong here, the worst first."""
        found = []
        if not self.can_sign:
            text = f"{self.title}: no key can sign."
            found.append(Problem("can't sign", text, is_urgent=True))
        if self.making is not None and self.making.failure:
            text = f"{self.title}: the next key can't be made: {self.making.failure}"
            found.append(Problem("next key fails", text, is_urgent=not self.can_sign))
        elif self.can_sign and self.rules.keeps_next and self.upcoming is None:
            text = f"{self.title}: there's no next key yet. It's made within a minute."
            found.append(Problem("no next key", text, is_urgent=False))
        return found


@dataclass(frozen=True, slots=True)
class Totals:
    """What all keys of an app were used for, those long gone too."""

    issued: int = 0
    last_issued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AppKeys:
    """All keys of one app, or (empty id) of the console."""

    app_id: str
    profile: TokenProfile | None
    purposes: tuple[PurposeKeys, ...]
    totals: Totals
    documents: dict[str, TrustDocument]
    now: datetime

    @property
    def main(self) -> PurposeKeys:
        """The keys by which the app is judged at a glance."""
        return self.purposes[0]

    @property
    def root_is_online(self) -> bool:
        """Whether the root's private half can be reached from here."""
        roots = next((each for each in self.purposes if each.purpose is KeyPurpose.ROOT), None)
        return roots is not None and roots.active is not None and roots.active.backend != "offline"

    @property
    def delegation(self) -> TrustDocument | None:
        """What the root signed last."""
        return self.documents.get(DocumentType.DELEGATION)

    @property
    def bundle(self) -> TrustDocument | None:
        """What devices trust."""
        return self.documents.get(DocumentType.TRUST)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with any of them, the worst first."""
        found = [problem for each in self.purposes for problem in each.problems]
        found += _document_problems(self.delegation, self.bundle, self.now)
        return sorted(found, key=lambda problem: not problem.is_urgent)


def _document_problems(
    delegation: TrustDocument | None, bundle: TrustDocument | None, now: datetime
) -> list[Problem]:
    found = []
    if bundle is not None and (bundle.is_void or bundle.expires_at - now < _BUNDLE_WARNING):
        text = "The trust bundle wasn't signed anew when it was due."
        is_over = bundle.is_void or bundle.expires_at <= now
        found.append(Problem("trust bundle old", text, is_urgent=is_over))
    if delegation is not None and (delegation.is_void or delegation.expires_at - now < _DELEGATION_WARNING):
        text = "The delegation of the root ends soon, or has ended: it has to be signed anew."
        is_over = delegation.is_void or delegation.expires_at <= now
        found.append(Problem("delegation ends", text, is_urgent=is_over))
    return found


def key_life(row: SigningKey) -> KeyLife:
    """See a row as pages and consequences do."""
    usage = getattr(row, "usage", None)
    return KeyLife(
        key_id=row.pk,
        kid=row.key_id,
        purpose=KeyPurpose(row.purpose),
        app_id=row.app_id,
        algorithm=row.algorithm,
        state=KeyState(row.state),
        is_local=row.backend == _LOCAL,
        published_at=row.published_at,
        activated_at=row.activated_at,
        deactivated_at=row.deactivated_at,
        retired_at=row.retired_at,
        suspended_at=row.suspended_at,
        revoked_at=row.revoked_at,
        destroyed_at=row.destroyed_at,
        rotation_requested_at=row.rotation_requested_at,
        issued=usage.issued if usage else 0,
        last_expires_at=usage.last_expires_at if usage else None,
    )


def keys_shown() -> QuerySet[SigningKey]:
    """Keys with their use, without what is sealed; newest first."""
    return SigningKey.objects.select_related("usage").defer("sealed_private").order_by("-epoch")


def key_shown(*, app_id: str, key_id: UUID) -> SigningKey:
    """Find one key of an app; empty: of the console.

    Raises:
        KeyNotFoundError: It has no such key.
    """
    row = keys_shown().filter(app_id=app_id, pk=key_id).first()
    if row is None:
        raise KeyNotFoundError
    return row


def key_by_kid(*, kid: str) -> SigningKey:
    """Find a key by its `kid`, or by a beginning of it that only one key has.

    Raises:
        KeyNotFoundError: There is none, or more than one.
    """
    found = list(keys_shown().filter(kid__startswith=kid)[:2]) if kid else []
    if len(found) != 1:
        raise KeyNotFoundError(f"No key, or more than one, has a kid that begins with {kid}.")
    return found[0]


def key_successor(row: SigningKey) -> SigningKey | None:
    """Find the key in waiting, other than this one."""
    waiting = keys_shown().filter(purpose=row.purpose, app_id=row.app_id, state=KeyState.PREPUBLISHED)
    return waiting.exclude(pk=row.pk).first()


def profiles_found(*, text: str = "") -> QuerySet[TokenProfile]:
    """Find apps by a part of their id, by id."""
    return TokenProfile.objects.filter(app_id__icontains=text).order_by("app_id")


def profile_shown(*, app_id: str) -> TokenProfile:
    """Find an app, as signing knows it.

    Raises:
        KeyNotFoundError: There is no such app.
    """
    profile = TokenProfile.objects.filter(app_id=app_id).first()
    if profile is None:
        raise KeyNotFoundError("There is no such app here.")
    return profile


def keys_of_app(*, app_id: str, rules: RulesOf, now: datetime) -> AppKeys:
    """Read all keys of an app, ended ones too; empty: of the console.

    Raises:
        KeyNotFoundError: There is no such app.
    """
    if not app_id:
        return _console(list(keys_shown().filter(app_id="")), rules, now)
    profile = profile_shown(app_id=app_id)
    (found,) = _apps([profile], list(keys_shown().filter(app_id=app_id)), rules, now)
    return found


def keys_of_console(*, rules: RulesOf, now: datetime) -> AppKeys:
    """Read the console's own keys that aren't at their end."""
    return _console(list(_living().filter(app_id="")), rules, now)


def keys_of_apps(profiles: Collection[TokenProfile], *, rules: RulesOf, now: datetime) -> list[AppKeys]:
    """Read the keys of these apps that aren't at their end."""
    ids = [profile.app_id for profile in profiles]
    return _apps(profiles, list(_living().filter(app_id__in=ids)), rules, now)


def _living() -> QuerySet[SigningKey]:
    return keys_shown().exclude(state__in=SPENT_STATES)


def _console(rows: list[SigningKey], rules: RulesOf, now: datetime) -> AppKeys:
    purposes = tuple(
        PurposeKeys(
            purpose,
            "",
            tuple(row for row in rows if row.purpose == purpose),
            rules(purpose),
            DEFAULT_ALGORITHM[purpose].value,
            now,
        )
        for purpose in CONSOLE_PURPOSES
    )
    return AppKeys("", None, purposes, _totals([""]).get("", Totals()), {}, now)


def _apps(
    profiles: Iterable[TokenProfile], rows: list[SigningKey], rules: RulesOf, now: datetime
) -> list[AppKeys]:
    by_owner = defaultdict(list)
    for row in rows:
        by_owner[row.app_id, row.purpose].append(row)
    profiles = list(profiles)
    ids = [profile.app_id for profile in profiles]
    totals, documents = _totals(ids), _documents(ids)
    return [
        AppKeys(
            profile.app_id,
            profile,
            tuple(
                PurposeKeys(
                    purpose,
                    profile.app_id,
                    tuple(by_owner[profile.app_id, purpose]),
                    rules(purpose),
                    _wanted(purpose, profile),
                    now,
                )
                for purpose in _APP_PURPOSES
                if by_owner[profile.app_id, purpose] or _is_due(purpose, profile)
            ),
            totals.get(profile.app_id, Totals()),
            documents[profile.app_id],
            now,
        )
        for profile in profiles
    ]


def _is_due(purpose: KeyPurpose, profile: TokenProfile) -> bool:
    """Say whether an app should have keys of this purpose."""
    if purpose is KeyPurpose.BACKEND_TOKEN:
        return profile.issues_backend_tokens
    return purpose is not KeyPurpose.ROOT or not profile.root_is_offline


def _wanted(purpose: KeyPurpose, profile: TokenProfile) -> str:
    chosen = {
        KeyPurpose.RELEASE_TOKEN: profile.algorithm,
        KeyPurpose.BACKEND_TOKEN: profile.backend_algorithm,
    }
    return Algorithm(chosen.get(purpose, DEFAULT_ALGORITHM[purpose])).value


def _totals(ids: Collection[str]) -> dict[str, Totals]:
    used = (
        SigningKey.objects
        .filter(app_id__in=ids, usage__isnull=False)
        .order_by()
        .values("app_id")
        .annotate(issued=Sum("usage__issued"), last=Max("usage__last_issued_at"))
    )
    return {row["app_id"]: Totals(row["issued"], row["last"]) for row in used}


def _documents(ids: Collection[str]) -> dict[str, dict[str, TrustDocument]]:
    found: dict[str, dict[str, TrustDocument]] = defaultdict(dict)
    current = TrustDocument.objects.filter(app_id__in=ids).exclude(document_type=DocumentType.ROOT_ROTATION)
    for document in current:
        found[document.app_id][document.document_type] = document
    return found
