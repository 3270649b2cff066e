"""Pages about the root of an app: registering an offline one, ceremonies with it, rotating an online one.

A ceremony is a file out, a signature on another machine, and a file in (docs/offline-root.md). Where a person
hands something in, the code comes with it and confirms exactly that, since nothing is kept between requests.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.second_person import act, reason_given, second_person
from accounts.views.step_up import challenge_answer, challenge_wanted, proved, stepped_up
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from signing.domain.ceremony import CeremonyKind
from signing.errors import SigningError
from signing.forms import CeremonyForm, RootForm
from signing.selectors.overview import profile_shown
from signing.services.approval_kinds import root_payload
from signing.services.ceremony import delegation_export, root_rotation_export
from signing.services.operations import (
    ceremony_import_confirmed,
    ceremony_import_operation,
    root_register_confirmed,
    root_register_operation,
    root_rotate_confirmed,
    root_rotate_operation,
)

_EXPORTS: Final[Mapping[CeremonyKind, Callable[..., bytes]]] = {
    CeremonyKind.DELEGATION: delegation_export,
    CeremonyKind.ROOT_ROTATION: root_rotation_export,
}
_TITLES: Final[Mapping[CeremonyKind, str]] = {
    CeremonyKind.DELEGATION: "Have a delegation signed",
    CeremonyKind.ROOT_ROTATION: "Have a root rotation signed",
}


@console_page(Permission.KEY_OPERATE)
def root_register(request: ConsoleRequest, owner: str) -> HttpResponse:
    """Make an offline root known by its public half."""
    profile_shown(app_id=owner)
    form = RootForm(request.POST or None)
    second = second_person(request, Operation("signing:root:register", {"app_id": owner}))
    if request.method == "POST" and form.is_valid() and reason_given(second):
        jwk: dict[str, Any] = form.cleaned_data["jwk"]
        try:
            operation = root_register_operation(app_id=owner, jwk=jwk)
            if challenge_wanted(request):
                return challenge_answer(request, operation)
            asked = act(
                request,
                operation,
                proved(request, operation, form),
                lambda authority: root_register_confirmed(app_id=owner, jwk=jwk, authority=authority),
                payload=root_payload(jwk),
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            if asked is None:
                messages.success(
                    request, "The root is registered. Compare its id with the one on its machine."
                )
            return asked or redirect("signing:owner", owner)
    context = {"title": "Register an offline root", "owner": owner, "second": second, "form": form}
    return page_render(request, "signing/root_register.html", context)


@console_page(Permission.KEY_OPERATE)
def root_rotate(request: ConsoleRequest, owner: str) -> HttpResponse:
    """Say what rotating an online root does; with a code, do it."""
    profile_shown(app_id=owner)
    try:
        operation = root_rotate_operation(app_id=owner)
    except SigningError as error:
        messages.error(request, error.message)
        return redirect("signing:owner", owner)
    form = StepUpForm(request.POST or None, operation=operation)
    second = second_person(request, operation)
    if request.method == "POST" and form.is_valid() and reason_given(second):
        try:
            asked = act(
                request,
                operation,
                stepped_up(request, operation, form),
                lambda authority: root_rotate_confirmed(app_id=owner, authority=authority),
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            if asked is None:
                messages.success(request, "The root is rotated. Pin the new one in the app's next build.")
            return asked or redirect("signing:owner", owner)
    context = {"title": "Rotate the root?", "owner": owner, "second": second, "form": form}
    return page_render(request, "signing/root_rotate.html", context)


@console_page(Permission.KEY_OPERATE)
def ceremony(request: ConsoleRequest, owner: str, kind: str) -> HttpResponse:
    """The console's side of a ceremony: a request to take away, and a place for what comes back."""
    profile_shown(app_id=owner)
    what = _kind(kind)
    form = CeremonyForm(request.POST or None)
    second = second_person(request, Operation("signing:ceremony:import", {"app_id": owner}))
    if request.method == "POST" and form.is_valid() and reason_given(second):
        data = str(form.cleaned_data["signed"]).encode()
        operation = ceremony_import_operation(app_id=owner, kind=what, data=data)
        if challenge_wanted(request):
            return challenge_answer(request, operation)
        try:
            asked = act(
                request,
                operation,
                proved(request, operation, form),
                lambda authority: ceremony_import_confirmed(
                    app_id=owner, kind=what, data=data, authority=authority
                ),
                payload=data,
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            if asked is None:
                messages.success(request, "What the root signed is in force.")
            return asked or redirect("signing:owner", owner)
    context = {
        "title": _TITLES[what],
        "owner": owner,
        "kind": what.value,
        "second": second,
        "form": form,
    }
    return page_render(request, "signing/ceremony.html", context)


@console_page(Permission.KEY_OPERATE)
@require_POST
def ceremony_request(request: ConsoleRequest, owner: str, kind: str) -> HttpResponse:
    """Hand out the file that the root's machine is to sign; nothing in it is secret."""
    profile_shown(app_id=owner)
    what = _kind(kind)
    try:
        data = _EXPORTS[what](app_id=owner, actor=request.user.actor, now=clock.now())
    except SigningError as error:
        messages.error(request, error.message)
        return redirect("signing:ceremony", owner, kind)
    name = f"{owner}.{what.value}.request.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type="application/json", headers=headers)


def _kind(name: str) -> CeremonyKind:
    try:
        return CeremonyKind(name)
    except ValueError as exc:
        raise Http404(name) from exc
