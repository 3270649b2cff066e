"""Pages: which CI jobs may publish an app, and what to paste into the CI's file.

What is to be registered stands in the address of the confirming page, so that the code is bound to what was
shown; nothing of it is secret, and none of it is about a person.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.publisher_snippets import publisher_snippet
from accounts.domain.publishers import PUBLISHER_WORDS, PublisherKind
from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.models import TrustedPublisher
from accounts.services.publishers import (
    publisher_register,
    publisher_register_operation,
    publisher_remove,
)
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import PublisherForm
from updates.models import App, Channel
from updates.selectors.apps import app_get


def _form(app: App, kind: PublisherKind, data: Any = None) -> PublisherForm:
    names = Channel.objects.filter(app=app).order_by("name").values_list("name", flat=True)
    return PublisherForm(data, kind=kind, channels=list(names))


def _kind(name: str) -> PublisherKind:
    try:
        return PublisherKind(name)
    except ValueError as exc:
        raise Http404(name) from exc


@console_page(Permission.API_TOKEN_MANAGE)
def publisher_list(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """The app's publishers, and the ways to a new one."""
    app = app_get(app_id=app_id)
    live = TrustedPublisher.objects.filter(app_id=app_id, removed_at=None)
    context = {
        "title": "Trusted publishers",
        "app": app,
        "publishers": live.select_related("created_by"),
        "kinds": PUBLISHER_WORDS.items(),
    }
    return page_render(request, "updates/publisher_list.html", context)


@console_page(Permission.API_TOKEN_MANAGE)
def publisher_new(request: ConsoleRequest, app_id: str, kind: str) -> HttpResponse:
    """Say what a publisher would be allowed; with a code, register it."""
    app = app_get(app_id=app_id)
    filled = _form(app, _kind(kind), request.GET or None)
    if not filled.is_valid():
        return _filling(request, app, filled)
    terms = filled.terms()
    try:
        operation = publisher_register_operation(app_id=app_id, terms=terms)
    except ConsoleError as error:
        filled.add_error(None, error.message)
        return _filling(request, app, filled)
    form = StepUpForm(request.POST or None, operation=operation)
    if request.method == "POST" and form.is_valid():
        try:
            publisher = publisher_register(
                app_id=app_id, terms=terms, step_up=stepped_up(request, operation, form)
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Its jobs may publish from now on.")
            return redirect("updates:publisher", app_id, publisher.pk)
    context = {"title": "Trust this publisher?", "app": app, "terms": terms, "form": form}
    return page_render(request, "updates/publisher_confirm.html", context)


def _filling(request: ConsoleRequest, app: App, filled: PublisherForm) -> HttpResponse:
    context = {
        "title": f"New publisher: {PUBLISHER_WORDS[filled.kind]}",
        "app": app,
        "kind": filled.kind,
        "form": filled,
    }
    return page_render(request, "updates/publisher_new.html", context)


@console_page(Permission.API_TOKEN_MANAGE)
def publisher_page(request: ConsoleRequest, app_id: str, publisher_id: int) -> HttpResponse:
    """One publisher, and what to paste into its CI's file."""
    app = app_get(app_id=app_id)
    rows = TrustedPublisher.objects.filter(app_id=app_id, pk=publisher_id, removed_at=None)
    publisher = rows.select_related("created_by").first()
    if publisher is None:
        raise Http404(str(publisher_id))
    snippet = publisher_snippet(publisher.terms, app_id=app_id, console_url=settings.PUBLIC_URL)
    context = {
        "title": publisher.terms.path,
        "app": app,
        "publisher": publisher,
        "terms": publisher.terms,
        "snippet": snippet,
    }
    return page_render(request, "updates/publisher.html", context)


@console_page(Permission.API_TOKEN_MANAGE)
@require_POST
def publisher_gone(request: ConsoleRequest, app_id: str, publisher_id: int) -> HttpResponse:
    """Admit none of its jobs any more."""
    try:
        publisher = publisher_remove(app_id=app_id, publisher_id=publisher_id, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"No job of {publisher.terms.path} is admitted any more.")
    return redirect("updates:publishers", app_id)
