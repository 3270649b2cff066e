"""Confirming an operation on its page: the proof is taken for what the page showed, and for nothing else.

A confirm page computes the `Operation` from the state as it is, shows what it will do, includes
`accounts/part_step_up.html` with `StepUpForm(request.POST or None, operation=…)`, and on POST hands both to
`stepped_up`; the service it then calls gets the `StepUp`.

The proof is a code, or what a security key signed. For the key, the page's script asks `step_up_begin` for a
challenge, which has the operation's digest in it; the digest that counts is the server's own, of the
operation as it is when the form comes back.

Where a form carries what the operation is about (a key that is imported), its digest isn't known before. Such
a page first sends the form with `begin`, gets the challenge for exactly that (`challenge_wanted`), and sends
it again with what the key signed; nothing of it is kept in between.
"""

import hmac
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from accounts.domain.operations import Operation
from accounts.domain.security_keys import CHALLENGE_BYTES, Assertion, operation_challenge
from accounts.errors import (
    BodyRefusedError,
    OperationChangedError,
    SecurityKeyRefusedError,
    StepUpNotHereError,
    StepUpRequiredError,
)
from accounts.forms import StepUpForm
from accounts.models import StepUp, User
from accounts.selectors.custodians import is_custodian
from accounts.services.security_key_assertions import assertion_options
from accounts.services.sessions import session_assurance
from accounts.services.step_up import step_up_prove
from accounts.views.challenges import Purpose, challenge_keep, challenge_take
from accounts.views.json_exchange import json_body, json_exchange
from accounts.views.session import session_rotate
from releaseconsole.kernel import randomness
from releaseconsole.kernel.encoding import b64url_decode, b64url_encode, sha256_hex


def context_of(request: HttpRequest) -> str:
    """Name the browser session without storing what opens it.

    Raises:
        StepUpRequiredError: There is no session; the hash of nothing would be the same for everybody.
    """
    key = request.session.session_key
    if not key:
        raise StepUpRequiredError
    return sha256_hex(key.encode())


def stepped_up(request: HttpRequest, operation: Operation, form: StepUpForm) -> StepUp:
    """Take a valid form's proof as this person's confirmation of the operation, as computed now.

    Raises:
        OperationChangedError: The person looked at something else; the proof wasn't used.
        StepUpRequiredError: Nobody is signed in here.
        StepUpNotHereError: A recovery code opened this session.
        StepUpRefusedError: The proof doesn't confirm it.
    """
    if not hmac.compare_digest(form.cleaned_data["digest"].encode(), operation.digest().encode()):
        raise OperationChangedError
    return proved(request, operation, form)


def proved(request: HttpRequest, operation: Operation, form: forms.Form) -> StepUp:
    """`stepped_up` for a form (with `ProofFields`) that itself carries what the operation is about.

    Raises:
        StepUpRequiredError: Nobody is signed in here.
        StepUpNotHereError: A recovery code opened this session.
        StepUpRefusedError: The proof doesn't confirm it.
    """
    user = _person(request)
    assertion = _assertion(request, user, form.cleaned_data["assertion"])
    session_rotate(request)  # first, so that the confirmation is bound to the session as it goes on
    return step_up_prove(
        user=user,
        operation=operation,
        context=context_of(request),
        code=form.cleaned_data["code"],
        assertion=assertion,
    )


def step_up_begin(request: HttpRequest) -> HttpResponse:
    """Give a challenge for an operation to who is signed in; others are led to the sign-in."""
    return admin.site.admin_view(json_exchange(_step_up_begin))(request)


def _step_up_begin(request: HttpRequest) -> dict[str, Any]:
    """Give a challenge for the operation whose digest the page shows."""
    digest = json_body(request).get("digest")
    if not isinstance(digest, str) or len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):  # noqa: PLR2004 (SHA-256 in hex)
        raise BodyRefusedError
    return _begun(request, digest)


def challenge_wanted(request: HttpRequest) -> bool:
    """Whether the page's script asks for the challenge of what the form carries."""
    return "begin" in request.POST


def challenge_answer(request: HttpRequest, operation: Operation) -> HttpResponse:
    """Give the challenge for an operation that only the form itself defines."""
    return json_exchange(lambda asked: _begun(asked, operation.digest()))(request)


def _begun(request: HttpRequest, digest: str) -> dict[str, Any]:
    user = _person(request)
    nonce = randomness.token_bytes(CHALLENGE_BYTES)
    challenge_keep(request, Purpose.STEP_UP, {"nonce": b64url_encode(nonce), "person": user.pk})
    return assertion_options(
        user=user, verified=is_custodian(user), challenge=operation_challenge(nonce, digest)
    )


def _person(request: HttpRequest) -> User:
    """Say who confirms.

    Raises:
        StepUpRequiredError: Nobody is signed in here with two factors.
        StepUpNotHereError: A recovery code opened this session.
    """
    if not isinstance(request.user, User) or not admin.site.has_permission(request):
        raise StepUpRequiredError
    assurance = session_assurance(request)
    if assurance is None or not assurance.may_step_up:
        raise StepUpNotHereError
    return request.user


def _assertion(request: HttpRequest, user: User, data: dict[str, Any] | None) -> Assertion | None:
    """Put what the key signed beside the nonce that this session was given.

    Raises:
        SecurityKeyRefusedError: There is no such nonce any more, or it was somebody else's.
    """
    if data is None:
        return None
    state = challenge_take(request, Purpose.STEP_UP)
    if state["person"] != user.pk:
        raise SecurityKeyRefusedError
    return Assertion(b64url_decode(state["nonce"]), data)
