"""What the people of the demo have done about access: a grant, an engagement, a publisher, a request.

Each is made once, by the console's own services, and confirmed by the person who does it. Needs Django to be
set up.
"""

import secrets
from datetime import timedelta
from typing import Final

from accounts.domain.access import Place
from accounts.domain.engagements import Report
from accounts.domain.publishers import PublisherKind, PublisherTerms
from accounts.domain.roles import Permission
from accounts.errors import SecurityKeyRequiredError
from accounts.models import ApprovalRequest, ConsoleSession, TrustedPublisher
from accounts.services.approvals import approval_request
from accounts.services.engagements import EngagementWish, engagement_agree, engagement_agree_operation
from accounts.services.grants import GrantWish, grant_make, grant_make_operation
from accounts.services.publishers import publisher_register, publisher_register_operation
from accounts.services.sessions import session_begin
from demo.confirming import confirmed, user_of
from demo.record import Record
from releaseconsole.kernel import clock
from signing.domain.key_operations import KeyOperation
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey
from signing.services.operations import key_operation_now

APP: Final = "com.example.clinic"
GRANT_LIFE: Final = timedelta(days=30)
ENGAGEMENT_LIFE: Final = timedelta(days=14)
_BROWSERS: Final = (
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "192.0.2.17"),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1",
        "198.51.100.4",
    ),
)


def access_ensure(record: Record) -> None:
    """Make what isn't there yet."""
    _grant_ensure(record)
    _engagement_ensure(record)
    _publisher_ensure(record)
    _request_ensure(record)
    _sessions_ensure(record)


def _grant_ensure(record: Record) -> None:
    """The developer may publish to testers, for a month."""
    developer = user_of(record, "app_developer")
    if developer.grants.exists():
        return
    wish = GrantWish(
        permission=Permission.RELEASE_PUBLISH,
        place=Place(APP, "staging"),
        reason="Tries release candidates while Rosa is away.",
        expires_at=clock.now() + GRANT_LIFE,
    )
    operation = grant_make_operation(person=developer, wish=wish)
    grant_make(person=developer, wish=wish, authority=confirmed(record, "administrator", operation))


def _engagement_ensure(record: Record) -> None:
    """Somebody from outside reads the audit log, for two weeks, and takes the reports opened to them."""
    auditor = user_of(record, "external_auditor")
    if auditor.engagements.exists():
        return
    now = clock.now()
    wish = EngagementWish(
        reports=frozenset({Report.AUDIT_LOG, Report.PERMISSION_MATRIX, Report.FINISHED_REPORTS}),
        starts_at=now,
        ends_at=now + ENGAGEMENT_LIFE,
    )
    operation = engagement_agree_operation(person=auditor, wish=wish)
    authority = confirmed(record, "administrator", operation, step=0)
    engagement_agree(person=auditor, wish=wish, authority=authority)


def _publisher_ensure(record: Record) -> None:
    """A workflow on GitHub publishes to staging, and holds no secret for it."""
    if TrustedPublisher.objects.filter(app_id=APP).exists():
        return
    terms = PublisherTerms(
        kind=PublisherKind.GITHUB,
        issuer="https://token.actions.githubusercontent.com",
        owner="example-clinic",
        repository="app",
        workflow="release.yml",
        environment="staging",
        channels=("staging",),
    )
    operation = publisher_register_operation(app_id=APP, terms=terms)
    publisher_register(app_id=APP, terms=terms, step_up=confirmed(record, "release_manager", operation))


def _request_ensure(record: Record) -> None:
    """A custodian asks for a rotation, for the other one to approve."""
    key = SigningKey.objects.filter(
        app_id=APP, purpose=KeyPurpose.RELEASE_TOKEN.value, state=KeyState.ACTIVE.value
    ).first()
    if key is None:  # it's still being made; the next run finds it
        return
    operation = key_operation_now(KeyOperation.ROTATE, key_id=key.pk)
    if ApprovalRequest.objects.filter(operation=operation.name).exists():
        return
    try:
        step_up = confirmed(record, "key_custodian", operation)
    except SecurityKeyRequiredError:  # the console's policy asks for what nobody here can hold
        return
    approval_request(operation=operation, reason="The quarter is over.", step_up=step_up)


def _sessions_ensure(record: Record) -> None:
    """The release manager is signed in on two more machines."""
    manager = user_of(record, "release_manager")
    if ConsoleSession.objects.filter(user=manager).exists():
        return
    device = manager.totp_authenticators.get()
    for user_agent, address in _BROWSERS:
        session_begin(
            key=secrets.token_hex(), user=manager, device=device, user_agent=user_agent, address=address
        )
