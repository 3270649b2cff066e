"""What testers do with their devices: a code for one, another channel, back to the normal version."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.qr_code import qr_code_uri
from updates.domain.testers.app_links import app_link, open_link
from updates.selectors.testers import presence_of, tester_of_secret
from updates.services.testers import join_code_make, tester_device_leave, tester_device_switch
from updates.services.testers.enrolment import CODE_LIFETIME
from updates.views.beta.frame import beta_page
from updates.views.beta.own import own_render, said


@require_POST
@beta_page
def code_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Make a code and show it, in the answer itself: it's told once."""
    tester = tester_of_secret(secret=secret)
    try:
        code = join_code_make(tester=tester, channel_name=request.POST.get("channel", ""))
    except ConsoleError as error:
        return own_render(request, tester, secret, error=error.message)
    presence = presence_of(app=tester.app)
    link = open_link(public_url=settings.PUBLIC_URL, app_id=tester.app_id, code=code)
    context = {
        "title": "Connect a device",
        "app": tester.app,
        "secret": secret,
        "code": code,
        "minutes": int(CODE_LIFETIME.total_seconds() // 60),
        "presence": presence,
        "app_link": app_link(scheme=presence.url_scheme, code=code),
        "qr_code": qr_code_uri(link, scale=5),
    }
    return render(request, "beta/code.html", context)


@require_POST
@beta_page
def device_switch_page(request: HttpRequest, secret: str, device_pk: int) -> HttpResponse:
    """Put a device on another channel."""
    tester = tester_of_secret(secret=secret)
    try:
        tester_device_switch(tester=tester, device_pk=device_pk, channel_name=request.POST.get("channel", ""))
    except ConsoleError as error:
        return own_render(request, tester, secret, error=error.message)
    return said(secret, "device")


@require_POST
@beta_page
def device_leave_page(request: HttpRequest, secret: str, device_pk: int) -> HttpResponse:
    """Take a device back to the normal version."""
    tester = tester_of_secret(secret=secret)
    try:
        tester_device_leave(tester=tester, device_pk=device_pk)
    except ConsoleError as error:
        return own_render(request, tester, secret, error=error.message)
    return said(secret, "device")
