"""Pages: what an operation on a key would do, the code that confirms it, and the import of a key."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.views.pages import CONSOLE_OWNER, ConsoleRequest, console_page, page_render
from accounts.views.second_person import act, reason_given, second_person
from accounts.views.step_up import challenge_answer, challenge_wanted, proved, stepped_up
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.consequences import IRREVERSIBLE, consequences
from signing.domain.key_operations import KeyOperation, operations_of
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import SigningError
from signing.forms import KeyImportForm, KeyOperationForm
from signing.models import SigningKey
from signing.selectors.cases import key_case
from signing.selectors.overview import key_by_kid, key_shown, profile_shown
from signing.services.operations import (
    KEY_SERVICES,
    key_import,
    key_import_operation,
    key_operation_now,
    key_read,
)
from signing.services.rules import key_rules
from signing.views.keys import owner_id

_DONE: Final[Mapping[KeyOperation, str]] = {
    KeyOperation.ROTATE: "The next key takes over as soon as every client can have it.",
    KeyOperation.SUSPEND: "The key is suspended.",
    KeyOperation.RESUME: "The key verifies again.",
    KeyOperation.REVOKE: "The key is revoked.",
    KeyOperation.DESTROY: "The key is destroyed.",
}


@console_page(Permission.KEY_OPERATE)
def operation_page(request: ConsoleRequest, owner: str, key_id: UUID, operation: str) -> HttpResponse:
    """Say what will follow; with a code that confirms exactly this, do it."""
    row, what = key_shown(app_id=owner_id(owner), key_id=key_id), _operation(operation)
    try:
        subject = _subject(what, row)
    except SigningError as error:
        messages.error(request, error.message)
        return redirect("signing:key", owner, key_id)
    kid = row.key_id if what in IRREVERSIBLE else None
    form = KeyOperationForm(request.POST or None, operation=subject, kid=kid)
    second = second_person(request, subject)
    if request.method == "POST" and form.is_valid() and reason_given(second):
        answer = _acted(request, what, row, subject, form)
        if answer is not None:
            return answer
    case = key_case(what, row, rules=key_rules, now=clock.now())
    context = {
        "title": f"{what.name.capitalize()} this key?",
        "row": row,
        "what": what,
        "consequences": consequences(case),
        "second": second,
        "form": form,
    }
    return page_render(request, "signing/operation.html", context)


@console_page(Permission.KEY_OPERATE)
@sensitive_post_parameters("pem", "code")
def import_page(request: ConsoleRequest, owner: str) -> HttpResponse:
    """Take in a private key that was made elsewhere.

    Key and proof come together: to show the key's id first, the console would have to keep a private key
    between two requests. The proof confirms the import of exactly the key that came with it.
    """
    profile = profile_shown(app_id=owner_id(owner))
    form = KeyImportForm(request.POST or None)
    second = second_person(request, Operation("signing:key:import", {"app_id": profile.app_id}))
    if request.method == "POST" and form.is_valid() and reason_given(second):
        try:
            return _imported(request, profile.app_id, profile.algorithm, form)
        except ConsoleError as error:
            form.add_error(None, error.message)
    context = {"title": "Import a key", "profile": profile, "second": second, "form": form}
    return page_render(request, "signing/import.html", context)


def _operation(name: str) -> KeyOperation:
    for what in KeyOperation:
        if what.name.lower() == name:
            return what
    raise Http404


def _subject(what: KeyOperation, row: SigningKey) -> Operation:
    """Name what would be done; a destroyed key is nothing that services find.

    Raises:
        SigningError: It can't be done to this key.
    """
    if what not in operations_of(KeyPurpose(row.purpose), KeyState(row.state)):
        raise SigningError(f"This can't be done to a key that is {row.get_state_display()}.")
    return key_operation_now(what, key_id=row.pk)


def _acted(
    request: ConsoleRequest, what: KeyOperation, row: SigningKey, subject: Operation, form: KeyOperationForm
) -> HttpResponse | None:
    """Do it or ask for it, and say where that leads; None where it was refused."""
    try:
        asked = act(
            request,
            subject,
            stepped_up(request, subject, form),
            lambda authority: KEY_SERVICES[what](key_id=row.pk, authority=authority),
        )
    except ConsoleError as error:
        form.add_error(None, error.message)
        return None
    if asked is not None:
        return asked
    messages.success(request, _DONE[what])
    return redirect("signing:key", row.app_id or CONSOLE_OWNER, row.pk)


@sensitive_variables()
def _imported(request: ConsoleRequest, app_id: str, algorithm: str, form: KeyImportForm) -> HttpResponse:
    pem = form.cleaned_data["pem"].encode()
    key = key_read(algorithm=Algorithm(algorithm), pem=pem)
    operation = key_import_operation(app_id=app_id, key=key)
    if challenge_wanted(request):
        return challenge_answer(request, operation)
    asked = act(
        request,
        operation,
        proved(request, operation, form),
        lambda authority: key_import(app_id=app_id, key=key, authority=authority),
        payload=pem,
    )
    if asked is not None:
        return asked
    messages.success(request, "The key is published, and signs when it's its turn.")
    return redirect("signing:key", app_id, key_by_kid(kid=operation.facts["kid"]).pk)
