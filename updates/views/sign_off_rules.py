"""Pages: which sign-offs a channel wants; asking for fewer takes a second person.

What fewer ones there are to be stands in the address of the confirming page, so that the code is bound to
what was shown.
"""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from releaseconsole.kernel.errors import ConsoleError
from updates.errors import SignOffsWeakerError
from updates.forms import SignOffRulesForm
from updates.models import Channel
from updates.selectors.sign_off_requirements import requirements_of, signers_by_role
from updates.services import sign_offs_require
from updates.services.approval_kinds import weaken_consequences
from updates.services.sign_off_weakening import sign_offs_weaken, sign_offs_weaken_operation
from updates.views.confirming import confirming
from updates.views.pages import channel_find


@console_page(Permission.CHANNEL_MANAGE)
def sign_off_rules_page(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """A number for each role; more of them count at once, fewer lead to the confirming page."""
    channel = channel_find(app_id, channel_name)
    form = _form(request.POST or None, channel)
    if request.method == "POST" and form.is_valid():
        try:
            sign_offs_require(channel=channel, requirements=form.requirements(), actor=request.user.actor)
        except SignOffsWeakerError:
            where = reverse("updates:sign-off-rules-weaken", args=[app_id, channel_name])
            return redirect(f"{where}?{urlencode(form.cleaned_data)}")
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Releases that go live from now on need these sign-offs.")
            return redirect("updates:channel", app_id, channel_name)
    context = {
        "title": f"Sign-offs on {channel_name}",
        "app": channel.app,
        "channel": channel,
        "requirements": requirements_of(channel),
        "form": form,
    }
    return page_render(request, "updates/sign_off_rules.html", context)


@console_page(Permission.CHANNEL_MANAGE)
def sign_off_rules_weaken(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Say what fewer sign-offs would mean; with a code, ask for that."""
    channel = channel_find(app_id, channel_name)
    wanted = _form(request.GET, channel)
    if not wanted.is_valid():
        raise Http404
    requirements = wanted.requirements()
    try:
        operation = sign_offs_weaken_operation(channel=channel, requirements=requirements)
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect("updates:sign-off-rules", app_id, channel_name)
    confirmation = confirming(
        request,
        operation,
        lambda authority: sign_offs_weaken(channel=channel, requirements=requirements, authority=authority),
    )
    if confirmation.is_done:
        messages.success(request, "The channel asks for fewer sign-offs.")
    if confirmation.is_done or confirmation.asked:
        return confirmation.asked or redirect("updates:channel", app_id, channel_name)
    context = {
        "title": f"Ask for fewer sign-offs on {channel_name}?",
        "app": channel.app,
        "channel": channel,
        "sentences": weaken_consequences(operation),
        "second": confirmation.second,
        "form": confirmation.form,
    }
    return page_render(request, "updates/sign_off_rules_weaken.html", context)


def _form(typed: QueryDict | None, channel: Channel) -> SignOffRulesForm:
    return SignOffRulesForm(typed, requirements=requirements_of(channel), able=signers_by_role(channel))
