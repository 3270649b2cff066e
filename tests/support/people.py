"""The people whom tests know by name, as `fixtures` in tests/conftest.py.

Each holds exactly one role, and Olaf none. There are several of some, since many things take two.
Passwords and one-time codes are in here too, so that a test can sign in as a person would.
"""

from typing import Any, Final

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.domain.roles import Role
from accounts.domain.totp import PERIOD_SECONDS, seed_text
from accounts.models import User
from accounts.services.people import person_create, totp_enrol
from accounts.services.sessions import session_begin
from releaseconsole.kernel import clock
from tests.support.operator import totp

PASSWORD: Final = "a long passphrase for tests only"
BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SEED: Final = b"a twenty byte secret"

ROLES: Final[dict[str, frozenset[Role]]] = {
    "ada": frozenset({Role.ADMINISTRATOR}),
    "rita": frozenset({Role.RELEASE_MANAGER}),
    "ansel": frozenset({Role.APPROVER}),
    "kai": frozenset({Role.KEY_CUSTODIAN}),
    "kim": frozenset({Role.KEY_CUSTODIAN}),
    "kurt": frozenset({Role.KEY_CUSTODIAN}),
    "kate": frozenset({Role.KEY_CUSTODIAN}),
    "adam": frozenset({Role.ADMINISTRATOR}),
    "orla": frozenset({Role.COMPLIANCE_OFFICER}),
    "audra": frozenset({Role.AUDITOR}),
    "olaf": frozenset(),
}


def person(name: str) -> User:
    """Create one of them, able to sign in with two factors."""
    user = person_create(
        email=f"{name}@example.com", name=name.title(), password=PASSWORD, roles=ROLES[name], actor=None
    )
    totp_enrol(user=user, seed=SEED, name="Authenticator app", actor=user.actor)
    return user


def signed_in(user: User) -> Client:
    """A test client in the state that a sign-in with both factors leaves behind."""
    client = Client()
    client.force_login(user)
    session = client.session
    device = user.totp_authenticators.get()
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    session_begin(
        key=session.session_key or "", user=user, device=device, user_agent=BROWSER, address="127.0.0.1"
    )
    return client


def signs_in(client: Client, **changed: str) -> Any:
    """Take both pages of the sign-in, as Rita unless `changed`; returns the last answer."""
    fields = {"email": "rita@example.com", "password": PASSWORD, "next": ""} | changed
    code = fields.pop("code", totp(seed_text(SEED)))
    answer = client.post("/console/login/", fields)
    if answer.status_code != 302:
        return answer
    return client.post(answer.headers["Location"], {"code": code})


def code_of(user: User, *, ahead: int = 0) -> str:
    """A code that works now and wasn't used before; with `ahead=1` the one after it.

    Two codes work at any moment without racing the clock: this step's and, as drift, the next one's. Who
    needs a third travels 30 seconds on.
    """
    step = int(clock.epoch_seconds() // PERIOD_SECONDS)
    unused = user.totp_authenticators.get().last_step + 1
    return totp(seed_text(SEED), step=max(unused, step) + ahead - step)
