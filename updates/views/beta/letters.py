"""What the links in letters to testers do. Each asks for a click: mail scanners follow links too."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from releaseconsole.kernel.errors import NotFoundError
from updates.domain.testers.app_links import scheme_is_an_app_s
from updates.errors import TesterStateError
from updates.forms.testers_own import AddressForm
from updates.models import App
from updates.selectors.apps import app_get
from updates.selectors.testers import presence_of
from updates.services.testers import LetterPurpose, address_confirm, come_back, letter_read, mail_stop
from updates.tasks.testers import page_link_send
from updates.views.beta.frame import beta_page

_TITLES: Final = {
    LetterPurpose.CONFIRM: "Is this your address?",
    LetterPurpose.COME_BACK: "Your beta page",
    LetterPurpose.STOP_MAIL: "No more letters",
}


@beta_page
def letter_page(request: HttpRequest, token: str) -> HttpResponse:
    """Say what a link is for, and do it with a click."""
    purpose, tester, email = letter_read(token)
    context = {
        "title": _TITLES[purpose],
        "app": tester.app,
        "purpose": purpose.value,
        "email": email,
        "done": False,
    }
    if request.method == "POST":
        if purpose is LetterPurpose.COME_BACK:
            return redirect("beta:own", come_back(token=token))
        try:
            _follow(purpose, token)
        except TesterStateError as error:
            context["error"] = error.message
        else:
            context["done"] = True
    return render(request, "beta/letter.html", context)


@beta_page
def lost_page(request: HttpRequest, app_id: str) -> HttpResponse:
    """Have the link to one's page sent; the answer is the same whether the address is known or not."""
    app = _app(app_id)
    form = AddressForm(request.POST or None)
    asked = request.method == "POST" and form.is_valid()
    if asked:
        page_link_send.delay(app.pk, form.cleaned_data["email"])
    context = {"title": "Find your beta page", "app": app, "form": form, "asked": asked}
    return render(request, "beta/lost.html", context)


@beta_page
def open_page(request: HttpRequest, app_id: str) -> HttpResponse:
    """Where a code's link leads on a phone that doesn't have the app; the code is in the fragment."""
    app = _app(app_id)
    presence = presence_of(app=app)
    scheme = presence.url_scheme if scheme_is_an_app_s(presence.url_scheme) else ""
    context = {"title": f"Open {app.name}", "app": app, "presence": presence, "scheme": scheme}
    return render(request, "beta/open.html", context)


def _follow(purpose: LetterPurpose, token: str) -> None:
    if purpose is LetterPurpose.CONFIRM:
        address_confirm(token=token)
    else:
        mail_stop(token=token)


def _app(app_id: str) -> App:
    try:
        return app_get(app_id=app_id)
    except NotFoundError as error:
        raise Http404 from error
