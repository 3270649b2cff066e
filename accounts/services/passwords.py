"""Passwords: what is acceptable, changing one's own, and having it reset by a letter."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.passwords import guessable_words, password_normal, password_weakness
from accounts.domain.session_limits import SessionEnd
from accounts.domain.throttling import Source
from accounts.errors import PasswordRefusedError, StepUpRequiredError
from accounts.models import PersonLink, ResetWish, StepUp, User
from accounts.selectors.second_factors import is_awaited
from accounts.services.links import link_address, link_issue, link_use
from accounts.services.mail import letter_write
from accounts.services.sessions import sessions_end
from accounts.services.step_up import step_up_use
from accounts.services.throttle import attempt_begin, attempts_forgive, letter_places
from compliance.ledger.domain.events import ANONYMOUS, Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex

_CONSOLE_NAME: Final = "Release Console"
_AT_ONCE: Final = 50
_LETTER_PAUSE: Final = timedelta(minutes=5)


class PasswordPolicy:
    """The console's one password validator, in Django's shape (`AUTH_PASSWORD_VALIDATORS`)."""

    def __init__(self) -> None:
        self._leaked = CommonPasswordValidator()

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse what is too short, known, or easily guessed for this person.

        Raises:
            ValidationError: It's refused; the message says why.
        """
        weakness = password_weakness(password, guessable=_guessable(user))
        if weakness:
            raise ValidationError(weakness, code="password_weak")
        self._leaked.validate(password_normal(password), user)

    def get_help_text(self) -> str:
        """Say it before anybody tries."""
        return (
            "At least 15 characters of any kind, spaces too: a few words that don't belong together. "
            "Pasting from a password manager works."
        )


def password_accept(password: str, person: User) -> None:
    """Check a new password against the policy.

    Raises:
        PasswordRefusedError: It isn't acceptable; the message says why.
    """
    try:
        validate_password(password, person)
    except ValidationError as exc:
        raise PasswordRefusedError(" ".join(exc.messages)) from exc


def password_change_operation(*, user: User) -> Operation:
    """Say what is confirmed: another password for this person, in place of the one that they have."""
    return Operation(
        "accounts:password:change", {"person": user.pk, "present": sha256_hex(user.password.encode())}
    )


def password_change(*, user: User, new: str, step_up: StepUp, session_key: str) -> User:
    """Change one's own password, having proved both factors anew; all other sessions end.

    Args:
        user: Whose.
        new: The password to be.
        step_up: Their confirmation of `password_change_operation`.
        session_key: Of the session that goes on.

    Raises:
        StepUpRequiredError: The confirmation isn't of this.
        PasswordRefusedError: The new one isn't acceptable.
    """
    password_accept(new, user)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if step_up_use(step_up=step_up, operation=password_change_operation(user=locked)) != locked:
            raise StepUpRequiredError
        _password_set(locked, new, how="changed", keep=session_key)
    return locked


def reset_ask(*, email: str, source: Source) -> None:
    """Write down that somebody wants a letter: the same work whether the address is known or not.

    Raises:
        ThrottledError: Too many were asked for from there.
    """
    attempt_begin(letter_places(source=source))
    with transaction.atomic():
        ResetWish.objects.create(email=email)
        audit_record(action=Action.PASSWORD_RESET_REQUESTED, actor=ANONYMOUS, now=clock.now())


def resets_answer() -> int:
    """Write the letters that were asked for, to who has a password; return how many were written."""
    return sum(_reset_answer(wish) for wish in ResetWish.objects.all()[:_AT_ONCE])


def password_reset(*, token: str, new: str) -> User:
    """Choose another password by the link of a letter. The second factor is asked for as ever.

    Raises:
        PersonLinkError: The link can't be used (any more).
        PasswordRefusedError: The password isn't acceptable; the link stays usable.
    """
    with transaction.atomic():
        person = link_use(token=token, purpose=PersonLink.Purpose.RESET)
        password_accept(new, person)
        _password_set(person, new, how="reset")
    return person


def _reset_answer(wish: ResetWish) -> bool:
    with transaction.atomic():
        if not ResetWish.objects.filter(pk=wish.pk).delete()[0]:
            return False  # another worker was faster
        person = User.objects.addressed(wish.email).select_for_update().filter(is_active=True).first()
        # Somebody invited comes in by their invite; somebody known by an identity provider has no password.
        if (
            person is None
            or not person.has_usable_password()
            or is_awaited(person)
            or _has_fresh_link(person)
        ):
            return False
        token = link_issue(person=person, purpose=PersonLink.Purpose.RESET)
        link = link_address(token=token, purpose=PersonLink.Purpose.RESET)
        letter_write(to=person, template="password_reset", context={"link": link}, is_secret=True)
        return True


def _has_fresh_link(person: User) -> bool:
    """Whether a letter went out within five minutes: nobody's mailbox is filled by strangers."""
    since = clock.now() - _LETTER_PAUSE
    return PersonLink.objects.filter(
        person=person, purpose=PersonLink.Purpose.RESET, created_at__gt=since, ended_at=None
    ).exists()


def _password_set(person: User, new: str, *, how: str, keep: str = "") -> None:
    now = clock.now()
    person.set_password(new)
    person.save(update_fields=["password"])
    attempts_forgive(person)
    sessions_end(user=person, why=SessionEnd.ENDED_BY_CONSOLE, keep=keep or None)
    audit_record(
        action=Action.PASSWORD_CHANGED,
        actor=person.actor,
        now=now,
        subject=("person", str(person.pk)),
        detail={"how": how},
    )
    letter_write(to=person, template="password_changed", context={"how": how, "at": now})


def _guessable(user: User | None) -> set[str]:
    """What a stranger would try: the console's name and host, the person's name and address."""
    texts = [_CONSOLE_NAME, urlsplit(settings.PUBLIC_URL).hostname or ""]
    if isinstance(user, User):
        texts += [user.name, user.email]
    return guessable_words(*texts)
