"""Signing in: first the password, then the second factor; and out again."""

from typing import Final, NoReturn

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Max
from django_otp import match_token

from accounts.domain.throttling import MOST_IN_A_ROW, Source
from accounts.errors import (
    CodeRefusedError,
    EnrolmentRefusedError,
    ProofRefusedError,
    SecondFactorRefusedError,
)
from accounts.models import TOTPAuthenticator, User
from accounts.selectors.second_factors import second_factors_of
from accounts.services.mail import letter_write
from accounts.services.people import totp_enrol
from accounts.services.sessions import session_signed_out
from accounts.services.throttle import attempt_begin, attempt_succeeded, password_places
from compliance.ledger.domain.events import ANONYMOUS, Action, Actor, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

_TOLD_AT: Final = (5, MOST_IN_A_ROW)  # so many wrong codes in a row after a right password


def password_prove(*, email: str, password: str, source: Source) -> User:
    """Know a person by address and password: the first of two factors, which opens nothing by itself.

    One answer for an unknown address, a wrong password and somebody deactivated, at the cost of one password
    hash each, so that neither the words nor the time taken tell whether somebody exists.

    Raises:
        ProofRefusedError: They don't match.
        ThrottledError: Too many failed before; this one wasn't looked at.
    """
    person = User.objects.addressed(email).first()
    places = password_places(email=email, person=person, source=source)
    attempt_begin(places)
    user = authenticate(None, username=email, password=password)
    if not isinstance(user, User):
        _refusal_record(ANONYMOUS, "password")
        raise ProofRefusedError
    attempt_succeeded(places)
    return user


def code_prove(*, user: User, code: str) -> TOTPAuthenticator:
    """Take a one-time code as the second factor of somebody whose password was right a moment ago.

    Only then: a stranger can neither use up a colleague's code nor throttle their authenticator.

    Raises:
        SecondFactorRefusedError: It's wrong or used, or the authenticator throttled.
    """
    before = _wrong_in_a_row(user)
    device = match_token(user, code)
    if not isinstance(device, TOTPAuthenticator):
        _code_refused(user, before)
    sign_in_record(user=user, device=device)
    return device


def first_authenticator_enrol(*, user: User, seed: bytes, code: str) -> TOTPAuthenticator:
    """Bind the first authenticator of somebody who comes in for the first time; the code is used up.

    Whether they may is the caller's to know: `accounts.views.pending.may_enrol`.

    Raises:
        EnrolmentRefusedError: There is one meanwhile.
        CodeRefusedError: The code isn't one of the seed's.
    """
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if second_factors_of(locked):
            raise EnrolmentRefusedError
        device = totp_enrol(user=locked, seed=seed, name="Authenticator app", actor=locked.actor)
        if not device.verify_token(code):
            raise CodeRefusedError
        letter_write(to=locked, template="authenticator_first", context={"at": clock.now()})
        sign_in_record(user=locked, device=device)
    return device


def sign_in_record(*, user: User, device: TOTPAuthenticator) -> None:
    """Put on record that both factors open a session."""
    with transaction.atomic():
        audit_record(
            action=Action.SIGNED_IN,
            actor=user.actor,
            now=clock.now(),
            detail={"authenticator": device.pk, "kind": device.assurance_kind.value},
        )


def sign_out_record(*, user: User, key: str) -> None:
    """Put on record that somebody ends their session, known by its key."""
    with transaction.atomic():
        session_signed_out(user=user, key=key)
        audit_record(action=Action.SIGNED_OUT, actor=user.actor, now=clock.now())


def _wrong_in_a_row(user: User) -> int:
    found = TOTPAuthenticator.objects.filter(user=user).aggregate(most=Max("throttling_failure_count"))
    return found["most"] or 0


def _code_refused(user: User, before: int) -> NoReturn:
    """Refuse, on record; tell the person by letter when somebody seems to have their password.

    Raises:
        SecondFactorRefusedError: Always.
    """
    _refusal_record(user.actor, "code")
    after = _wrong_in_a_row(user)
    for count in _TOLD_AT:
        if before < count <= after:
            with transaction.atomic():
                context = {"count": count, "is_over": count == MOST_IN_A_ROW}
                letter_write(to=user, template="codes_guessed", context=context)
    raise SecondFactorRefusedError


def _refusal_record(actor: Actor, factor: str) -> None:
    audit_record(
        action=Action.SIGN_IN_REFUSED,
        actor=actor,
        now=clock.now(),
        outcome=Outcome.DENIED,
        detail={"factor": factor},
    )
