"""The page of an app's settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import AppSettingsForm
from updates.selectors.apps import app_get
from updates.services import app_change


@console_page(Permission.CHANNEL_MANAGE)
def app_settings_page(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """A form for all that may be set of an app."""
    app = app_get(app_id=app_id)
    form = AppSettingsForm(request.POST or None, app=app)
    if request.method == "POST" and form.is_valid():
        try:
            app_change(app=app, settings=form.settings(), actor=request.user.actor)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The app's settings are saved.")
            return redirect("updates:app", app_id)
    context = {"title": f"Settings of {app.name}", "app": app, "form": form}
    return page_render(request, "updates/app_settings.html", context)
