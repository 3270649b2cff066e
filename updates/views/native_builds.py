"""Pages: the native builds of an app and the plugins in them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import NativeBuildForm
from updates.selectors.apps import app_get
from updates.selectors.native_builds import build_get, builds_of
from updates.services import native_build_register, native_build_remove

_SHOWN = 200


@console_page(Permission.APP_VIEW, anywhere=True)
def native_builds(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """All builds that are known, newest first."""
    app = app_get(app_id=app_id)
    context = {
        "title": "Native builds",
        "app": app,
        "builds": builds_of(app=app)[:_SHOWN],
        "may_register": request.user.may(Permission.BUNDLE_UPLOAD, app_id=app_id),
    }
    return page_render(request, "updates/native_builds.html", context)


@console_page(Permission.BUNDLE_UPLOAD)
def native_build_new(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """A form for a build."""
    app = app_get(app_id=app_id)
    form = NativeBuildForm(request.POST or None, app=app)
    if request.method == "POST" and form.is_valid():
        try:
            build, created = native_build_register(app=app, **form.cleaned_data, actor=request.user.actor)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            known = "is registered" if created else "was registered before, with exactly these plugins"
            messages.success(request, f"{build.platform} {build.version} {known}.")
            return redirect("updates:native-builds", app.pk)
    context = {"title": "Register a native build", "app": app, "form": form}
    return page_render(request, "updates/native_build_new.html", context)


@console_page(Permission.BUNDLE_UPLOAD)
@require_POST
def native_build_forget(request: ConsoleRequest, app_id: str, build_id: int) -> HttpResponse:
    """Remove a build that was registered by mistake."""
    build = build_get(app=app_get(app_id=app_id), build_id=build_id)
    native_build_remove(build=build, actor=request.user.actor)
    messages.success(request, f"{build.platform} {build.version} is removed. Bundles aren't matched with it.")
    return redirect("updates:native-builds", app_id)
