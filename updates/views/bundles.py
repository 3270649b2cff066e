"""Pages: uploading a bundle, a bundle and its files."""

from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from accounts.domain.roles import Permission
from accounts.selectors.access import channels_open_to
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from releaseconsole.kernel.errors import ConsoleError
from updates.domain.publish_checks import findings_answered
from updates.errors import ConflictError, InvalidValueError
from updates.forms import BundleForm
from updates.models import App
from updates.selectors.apps import app_get, bundle_get, channels_of
from updates.selectors.bundle_diff import comparable
from updates.selectors.releases import releases_of_bundle
from updates.services import bundle_upload


@console_page(Permission.BUNDLE_UPLOAD)
def bundle_new(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """A form for an upload; what is wrong with the zip is said in the form."""
    app = app_get(app_id=app_id)
    form = BundleForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _accept(request, app, form)
        except ConsoleError as error:
            about_version = isinstance(error, InvalidValueError | ConflictError)
            form.add_error("version" if about_version else "file", error.message)
    return page_render(
        request, "updates/bundle_new.html", {"title": "Upload a bundle", "app": app, "form": form}
    )


def _accept(request: ConsoleRequest, app: App, form: BundleForm) -> HttpResponse:
    upload: TemporaryUploadedFile = form.cleaned_data["file"]
    bundle, created = bundle_upload(
        app=app,
        version=form.cleaned_data["version"],
        upload=Path(upload.temporary_file_path()),
        native_packages=form.cleaned_data["native_packages"],
        actor=request.user.actor,
    )
    if created:
        messages.success(request, f"{bundle.version} passed every check and is stored.")
    else:
        messages.info(request, f"{bundle.version} was uploaded before, with exactly this content.")
    return _go_to(request, resolve_url("updates:bundle", app.pk, bundle.version))


def _go_to(request: ConsoleRequest, url: str) -> HttpResponse:
    """Lead on; htmx is told so, since it would follow a redirect and swallow the message of the next page."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


@console_page(Permission.APP_VIEW, anywhere=True)
def bundle_page(request: ConsoleRequest, app_id: str, version: str) -> HttpResponse:
    """One bundle: what it is, where it is live, what files it holds."""
    app = app_get(app_id=app_id)
    bundle = bundle_get(app=app, version=version)
    user = request.user
    publishes_on = user.channels_with(Permission.RELEASE_PUBLISH, app_id=app_id)
    context = {
        "title": f"Bundle {version}",
        "app": app,
        "bundle": bundle,
        "findings": findings_answered(bundle.findings, {}),
        "others": comparable(bundle),
        "releases": releases_of_bundle(bundle=bundle, on=channels_open_to(user, app_id=app_id)),
        "channels": channels_of(app=app, only=publishes_on).order_by("-public", "preview_of", "name"),
        "publishes": bool(publishes_on),
        "may": permissions_of(request, app_id=app_id),
    }
    return page_render(request, "updates/bundle.html", context)
