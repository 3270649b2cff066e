"""Pages: the list of apps, a new app, an app."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import AppForm
from updates.selectors.figures import app_figures
from updates.selectors.overview import app_overview, apps_overview
from updates.services import app_create
from updates.views.pages import ConsoleRequest, app_or_404, console_page, page_render


@console_page(Permission.APP_VIEW)
def app_list(request: ConsoleRequest) -> HttpResponse:
    """All apps with what their channels serve."""
    return page_render(
        request,
        "updates/app_list.html",
        {
            "title": "Apps",
            "apps": apps_overview(),
            "may_create": request.user.may(Permission.APP_CREATE),
        },
    )


@console_page(Permission.APP_CREATE)
def app_new(request: ConsoleRequest) -> HttpResponse:
    """A form for a new app."""
    form = AppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            app = app_create(**form.cleaned_data, actor=request.user.actor)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{app.name} is ready. Its first signing key has been made.")
            return redirect("updates:app", app.pk)
    return page_render(request, "updates/app_new.html", {"title": "New app", "form": form})


@console_page(Permission.APP_VIEW)
def app_page(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """One app: channels with their live releases, bundles, figures."""
    app = app_or_404(app_id)
    return page_render(
        request,
        "updates/app.html",
        {
            "title": app.name,
            "app": app,
            "overview": app_overview(app=app),
            "figures": app_figures(app),
            "may": {permission.value: request.user.may(permission) for permission in Permission},
        },
    )
