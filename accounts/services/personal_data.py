"""What this floor holds of people: accounts, how they prove themselves, letters (docs/personal-data.md).

An account is closed and stripped rather than deleted: approvals, releases and keys name who acted by a
number, and that number stands for nobody any more.
"""

from django.contrib.sessions.models import Session
from django.db.models import Q
from django_otp_webauthn.models import WebAuthnUserHandle

from accounts.domain.session_limits import SessionEnd
from accounts.models import (
    APIToken,
    ApprovalRequest,
    AuthenticatorRecord,
    ConsoleSession,
    FailedAttempts,
    Grant,
    Identity,
    Letter,
    PersonLink,
    ProviderSession,
    RecoveryCode,
    RecoveryCodeDevice,
    ResetWish,
    ReviewTask,
    SecurityKey,
    SecurityKeyAttestation,
    StepUp,
    TOTPAuthenticator,
    TrustedPublisher,
    User,
)
from accounts.services.activity import person_leave
from accounts.services.personal_people import people_everybody, people_related, person_strip
from accounts.services.sessions import sessions_end
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.personal_data import (
    DataClass,
    Kept,
    MentionsHolder,
    RowsHolder,
    Subject,
    Table,
    field_label,
    holder_register,
)


def accounts_holders_register() -> None:
    """Declare them all."""
    for holder in (_letters(), _wishes(), _texts(), _authenticators(), _records(), _people()):
        holder_register(holder)


def _of(subject: Subject, key: str) -> Q | None:
    return None if subject.person_id is None else Q(**{key: subject.person_id})


def _by_user(subject: Subject) -> Q | None:
    return _of(subject, "user")


def _by_person(subject: Subject) -> Q | None:
    return _of(subject, "person")


def _by_address(subject: Subject, field: str) -> Q | None:
    found: Q | None = None
    for address in subject.emails:
        one = Q(**{f"{field}__iexact": address})
        found = one if found is None else found | one
    return found


def _of_letters(subject: Subject) -> Q | None:
    theirs, addressed = _by_person(subject), _by_address(subject, "address")
    return theirs | addressed if theirs and addressed else theirs or addressed


def _letters() -> RowsHolder:
    return RowsHolder(
        name="letters",
        data_class=DataClass.CONTACT,
        holds="Mail that waits to be sent, and what was sent to people of the console.",
        retention="To outsiders until sent, or three days; to people of the console with their account.",
        tables=(
            Table(
                Letter,
                ("address", "subject", "body"),
                _of_letters,
                ("address", "subject", "written_at", "sent_at"),
            ),
        ),
    )


def _wishes() -> RowsHolder:
    return RowsHolder(
        name="wishes for a new password",
        data_class=DataClass.CONTACT,
        holds="The address at which somebody asked for a new password, until that's answered.",
        retention="Seconds.",
        tables=(Table(ResetWish, ("email",), lambda subject: _by_address(subject, "email")),),
    )


def _authenticators() -> RowsHolder:
    return RowsHolder(
        name="authenticators and sessions",
        data_class=DataClass.AUTHENTICATOR,
        holds="How people of the console prove themselves, where they are signed in, accounts at the "
        "identity provider, links that let them in, failed attempts.",
        retention="Until they're removed; the address of a session until it ends.",
        tables=(*_identity_tables(), *_proof_tables(), *_session_tables()),
        eraser=_authenticators_erase,
        also=(field_label(Session, "session_data"), field_label(Session, "session_key")),
    )


def _identity_tables() -> tuple[Table, ...]:
    return (
        Table(ProviderSession, ("sid",), lambda subject: _of(subject, "identity__user"), ("opened_at",)),
        Table(
            Identity,
            ("name", "issuer", "subject", "email", "sealed_refresh_token", "trouble"),
            _by_user,
            ("issuer", "subject", "email", "linked_at", "last_sign_in_at"),
        ),
    )


def _proof_tables() -> tuple[Table, ...]:
    return (
        Table(
            SecurityKeyAttestation,
            ("data", "client_data_json"),
            lambda subject: _of(subject, "credential__user"),
            ("fmt",),
        ),
        Table(
            SecurityKey,
            (
                "name",
                "credential_id",
                "public_key",
                "credential_id_sha256",
                "aaguid",
                "transports",
                "last_challenge",
            ),
            _by_user,
            ("name", "created_at", "last_used_at"),
        ),
        Table(WebAuthnUserHandle, ("handle_hex",), _by_user),
        Table(TOTPAuthenticator, ("name", "sealed_seed"), _by_user, ("name", "created_at", "last_used_at")),
        Table(RecoveryCode, ("code_hmac",), lambda subject: _of(subject, "device__user"), ("used_at",)),
        Table(RecoveryCodeDevice, ("name", "sealed_pepper"), _by_user, ("created_at",)),
    )


def _session_tables() -> tuple[Table, ...]:
    return (
        Table(
            ConsoleSession,
            ("key_sha256", "browser", "address", "authenticator"),
            _by_user,
            ("browser", "address", "opened_at", "seen_at", "ended_at"),
        ),
        Table(PersonLink, ("token_sha256",), _by_person, ("purpose", "created_at", "ended_at")),
        Table(FailedAttempts, ("key",), _by_person, ("scope", "failures", "last_at")),
    )


def _authenticators_erase(subject: Subject) -> None:
    # Asked here, too: a person who stays has to be able to sign in.
    person = None if subject.person_id is None else person_leave(pk=subject.person_id)
    if person is None:
        return
    sessions_end(user=person, why=SessionEnd.ENDED_BY_CONSOLE, actor=SYSTEM)
    for table in _authenticators().tables:
        table.erase(subject)


def _records() -> RowsHolder:
    return RowsHolder(
        name="record of authenticators",
        data_class=DataClass.AUTHENTICATOR,
        holds="Every authenticator that was ever bound, with the name that its owner gave it.",
        retention="For good: the database refuses to forget one (NIST SP 800-63B-4, 4.1).",
        tables=(
            Table(
                AuthenticatorRecord,
                ("name", "facts", "authenticator", "removed_by", "removed_why"),
                _by_person,
                ("kind", "name", "bound_at", "removed_at"),
            ),
            Table(
                StepUp,
                ("authenticator", "context", "challenge"),
                _by_user,
                ("operation", "created_at", "used_at"),
            ),
        ),
        eraser=_nothing_erase,
        keeper=_records_keep,
    )


def _nothing_erase(subject: Subject) -> None:
    """Erase nothing: all of it is kept."""


def _records_keep(subject: Subject) -> list[Kept]:
    why = "Who confirmed what with which authenticator; the person is a number in it."
    return [
        Kept(place, count, "1798.105(d)(2)", why, "for good, under a number that names nobody")
        for place, count in _records().find(subject).counts.items()
    ]


def _people() -> RowsHolder:
    return RowsHolder(
        name="people",
        data_class=DataClass.ACCOUNT,
        holds="People of the console: name, address, password hash, time zone.",
        retention="As long as they work with the console; a closed account keeps its number.",
        tables=(
            Table(
                User,
                ("email", "name", "password", "time_zone"),
                lambda subject: _of(subject, "pk"),
                ("email", "name", "time_zone", "created_at", "last_login", "is_active"),
                blanks={"password": "", "is_active": False},
            ),
        ),
        eraser=person_strip,
        relation=people_related,
        people=people_everybody,
    )


def _texts() -> MentionsHolder:
    return MentionsHolder.of(
        "texts about people and rights",
        (
            (Grant, ("reason",)),
            (APIToken, ("name",)),
            (ApprovalRequest, ("reason", "outcome")),
            (ReviewTask, ("facts", "reason", "note")),
        ),
        # Two people confirmed the facts by their digest, having read these words.
        bound=(
            (ApprovalRequest, ("facts", "headline", "sentences")),
            (TrustedPublisher, ("owner", "repository", "workflow", "environment", "ref")),
        ),
        retention="With what they are about.",
    )
