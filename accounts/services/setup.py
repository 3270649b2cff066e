"""The first start: a one-time link, and what its holder does with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.domain.presets import Preset
from accounts.domain.roles import INSIDER_ROLES, Role
from accounts.errors import CodeRefusedError, SetupLinkError
from accounts.models import SetupLink, TOTPAuthenticator, User
from accounts.services.people import person_create, totp_enrol
from accounts.services.policy import policy_begin
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, randomness
from releaseconsole.kernel.encoding import sha256_hex

LINK_LIFETIME: Final = timedelta(hours=24)
_TOKEN_BYTES: Final = 32

# Solo lets one person do everything; otherwise keys, sign-off and compliance are for others to hold.
_FIRST_ROLES: Final[dict[Preset, frozenset[Role]]] = {
    Preset.SOLO: INSIDER_ROLES,
    Preset.TEAM: frozenset({Role.ADMINISTRATOR, Role.RELEASE_MANAGER}),
    Preset.REGULATED: frozenset({Role.ADMINISTRATOR, Role.RELEASE_MANAGER}),
}


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """What the holder of the set-up link enters.

    `seed` is what their authenticator was shown: it comes from the server's own session, never from the
    client. `code` proves that they have it.
    """

    name: str
    email: str
    password: str
    preset: Preset
    seed: bytes
    code: str
    time_zone: str = "UTC"


def setup_is_open() -> bool:
    """Whether nobody has been set up yet."""
    return not User.objects.exists()


def setup_link_issue(*, now: datetime) -> str:
    """Make a new link's token, shown this once; older links stop working.

    Raises:
        SetupLinkError: Somebody has been set up already.
    """
    token = randomness.token_urlsafe(_TOKEN_BYTES)
    with transaction.atomic():
        if not setup_is_open():
            raise SetupLinkError("The console has been set up; an administrator adds people.")
        SetupLink.objects.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
        SetupLink.objects.create(
            token_sha256=sha256_hex(token.encode()), created_at=now, expires_at=now + LINK_LIFETIME
        )
        audit_record(action=Action.SETUP_LINK_ISSUED, actor=SYSTEM, now=now)
    return token


def setup_link_require(*, token: str, now: datetime) -> SetupLink:
    """Find the usable link of this token.

    Raises:
        SetupLinkError: It was used, has expired, was replaced, or never existed.
    """
    link = SetupLink.objects.filter(token_sha256=sha256_hex(token.encode())).first()
    if link is None or not link.is_usable(now) or not setup_is_open():
        raise SetupLinkError
    return link


def setup_complete(*, token: str, person: FirstPerson) -> tuple[User, TOTPAuthenticator]:
    """Create the first person with their authenticator and choose the preset, all or nothing.

    Raises:
        SetupLinkError: The link can't be used (any more).
        PersonRefusedError: The password isn't acceptable.
        CodeRefusedError: The code isn't one of the seed's.
    """
    now = clock.now()
    with transaction.atomic():
        link = _setup_link_use(token, now)
        user = person_create(
            email=person.email,
            name=person.name,
            password=person.password,
            roles=_FIRST_ROLES[person.preset],
            actor=None,
        )
        user.time_zone = person.time_zone
        user.save(update_fields=["time_zone"])
        authenticator = totp_enrol(user=user, seed=person.seed, name="Authenticator app", actor=user.actor)
        if not authenticator.verify_token(person.code):  # uses the code up, as a sign-in would
            raise CodeRefusedError
        SetupLink.objects.filter(pk=link.pk).update(used_by=user)
        policy_begin(preset=person.preset, actor=user.actor, now=now)
        audit_record(action=Action.SETUP_COMPLETED, actor=user.actor, now=now)
    return user, authenticator


def _setup_link_use(token: str, now: datetime) -> SetupLink:
    """Use the link up in one statement: of two people who race with it, one is refused.

    Raises:
        SetupLinkError: The other one was faster.
    """
    link = setup_link_require(token=token, now=now)
    if not SetupLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise SetupLinkError
    return link
