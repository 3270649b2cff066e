"""The page behind an invite: what joining means, what is kept, the consent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from accounts.services.privacy_signal import gpc_signalled
from updates.domain.testers.notice import NOTICE_VERSION
from updates.errors import ConsentMissingError, InvalidValueError
from updates.forms.testers_own import JoinForm
from updates.models import TesterInvite
from updates.selectors.testers import presence_of
from updates.services.testers import invite_accept, invite_open
from updates.views.beta.frame import beta_page


@beta_page
def invite_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Show an invite, and let its reader join."""
    invite = invite_open(secret=secret)
    form = _form(request, invite)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            arrival = invite_accept(
                secret=secret,
                name=told["name"],
                email=told.get("email", ""),
                wants_mail=told["wants_mail"],
                consents_to=told["notice"],
            )
        except InvalidValueError as error:
            form.add_error("email" if "email" in form.fields else None, error.message)
        except ConsentMissingError:
            form = _form(request, invite, anew=True)
            form.add_error("consents", "The notice has changed since you opened this page. Read it again.")
        else:
            return redirect("beta:own", arrival.secret)
    context = {
        "title": f"Test {invite.group.app.name}",
        "app": invite.group.app,
        "group": invite.group,
        "presence": presence_of(app=invite.group.app),
        "form": form,
        "signals_gpc": gpc_signalled(request.headers),
    }
    answer = render(request, "beta/invite.html", context)
    patch_vary_headers(answer, ["Sec-GPC"])
    return answer


def _form(request: HttpRequest, invite: TesterInvite, *, anew: bool = False) -> JoinForm:
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and anew:
        data["notice"] = NOTICE_VERSION
        data.pop("consents", None)
    tester = invite.tester
    return JoinForm(data, knows_address=bool(tester and tester.email), name=tester.name if tester else "")
