"""People for every role, two apps with channels, and a token for each: made by the console's own services.

Each step first looks for what it would make. Secrets are in `var/demo.json` before they're used, so a run
that is cut off never leaves somebody whose password nobody knows. Needs Django to be set up.
"""

import base64
import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction

from accounts.domain.presets import Preset
from accounts.domain.roles import TOKEN_PERMISSIONS, Role
from accounts.models import ConsolePolicy, User
from accounts.services.api_tokens import api_token_issue
from accounts.services.people import person_create, totp_enrol
from accounts.services.policy import policy_begin
from compliance.ledger.domain.events import SYSTEM
from demo import story
from demo.connection import Connection
from demo.console_api import ConsoleAPI
from demo.phone import Phone
from demo.record import DemoError, Person, Record, record_path
from releaseconsole.kernel import clock
from updates.models import App, Channel
from updates.services import app_create, channel_create, channel_member_add

PEOPLE: Final[dict[str, tuple[str, frozenset[Role]]]] = {
    "administrator": ("Amira Haddad", frozenset({Role.ADMINISTRATOR})),
    "release_manager": ("Rosa Lindqvist", frozenset({Role.RELEASE_MANAGER})),
    "approver": ("Anton Petrov", frozenset({Role.APPROVER})),
    "key_custodian": ("Keiko Mori", frozenset({Role.KEY_CUSTODIAN})),
    "second_key_custodian": ("Kofi Mensah", frozenset({Role.KEY_CUSTODIAN})),
    "compliance_officer": ("Cosima Brandt", frozenset({Role.COMPLIANCE_OFFICER})),
    "auditor": ("Aurelio Conti", frozenset({Role.AUDITOR})),
    "app_developer": ("Dev Sharma", frozenset({Role.APP_DEVELOPER})),
    "external_auditor": ("Elif Aydin", frozenset()),  # the role comes with the engagement
}
PLATFORMS: Final = ("android", "ios")
TOKEN_LIFE: Final = timedelta(days=365)
_SYLLABLES: Final = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_SEED_BYTES: Final = 20


def policy_ensure() -> None:
    """Choose the preset of a team, unless whoever was set up has chosen one: two people decide about keys."""
    if not ConsolePolicy.objects.exists():
        with transaction.atomic():
            policy_begin(preset=Preset.TEAM, actor=SYSTEM, now=clock.now())


def people_ensure(record: Record) -> None:
    """Create the people who aren't there yet.

    Raises:
        DemoError: Somebody exists whose secrets aren't in the record.
    """
    known = {person.role: person for person in record.people}
    for role, (name, roles) in PEOPLE.items():
        email = f"{role.replace('_', '.')}@demo.example"
        exists = User.objects.filter(email=email).exists()
        if exists and role not in known:
            raise DemoError(
                f"{email} exists, but {record_path()} doesn't know the password. Put the file back, or start "
                "over with an empty var directory."
            )
        if role not in known:
            known[role] = Person(role, name, email, _password(), _totp_secret())
            record.people.append(known[role])
            record.write()
        if not exists:
            _person_create(known[role], roles)


def _person_create(person: Person, roles: frozenset[Role]) -> None:
    user = person_create(
        email=person.email, name=person.name, password=person.password, roles=roles, actor=SYSTEM
    )
    seed = base64.b32decode(person.totp_secret)
    totp_enrol(user=user, seed=seed, name="Authenticator app", actor=user.actor)


def apps_ensure(record: Record) -> None:
    """Create the apps and channels that aren't there yet, and make some phones members of beta."""
    manager = release_manager(record)
    for app_id, wanted in story.APPS.items():
        app = App.objects.filter(pk=app_id).first() or app_create(
            app_id=app_id, name=wanted.name, platforms=PLATFORMS, actor=manager.actor
        )
        for channel in wanted.channels:
            if not app.channels.filter(name=channel.name).exists():
                channel_create(app=app, **channel._asdict(), platforms=PLATFORMS, actor=manager.actor)
        beta = Channel.objects.get(app=app, name="beta")
        for number in range(story.BETA_PHONES):
            phone = Phone(app_id, number, wanted.native_version)
            channel_member_add(channel=beta, device_id=phone.device_id, actor=manager.actor)
    record.apps = [
        {"app_id": app_id, "channels": [channel.name for channel in wanted.channels]}
        for app_id, wanted in story.APPS.items()
    ]
    record.write()


def tokens_ensure(record: Record, connection: Connection) -> None:
    """Issue a token, with all that tokens may do, for each app whose recorded one doesn't work."""
    manager = release_manager(record)
    for app_id in story.APPS:
        token = record.api_tokens.get(app_id, "")
        if token and ConsoleAPI(connection, app_id, token).accepts_token():
            continue
        _, record.api_tokens[app_id] = api_token_issue(
            name="Demo pipeline",
            app_id=app_id,
            permissions=TOKEN_PERMISSIONS,
            expires_at=clock.now() + TOKEN_LIFE,
            created_by=manager,
            actor=manager.actor,
        )
        record.write()


def release_manager(record: Record) -> User:
    """Find the demo's release manager, in whose name apps and tokens are made."""
    email = next(person.email for person in record.people if person.role == Role.RELEASE_MANAGER.value)
    return User.objects.get(email=email)


def _password() -> str:
    """Draw four easily typed words of together 73 bits."""
    words = ("".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(4))
    return "-".join(words)


def _totp_secret() -> str:
    return base64.b32encode(secrets.token_bytes(_SEED_BYTES)).decode()
