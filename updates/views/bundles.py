"""Pages: uploading a bundle, a bundle and its files."""

from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import BundleForm
from updates.models import App, Bundle, Release
from updates.services import bundle_upload
from updates.views.pages import ConsoleRequest, app_or_404, console_page, page_render


@console_page(Permission.BUNDLE_UPLOAD)
def bundle_new(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """A form for an upload; what is wrong with the zip is said in the form."""
    app = app_or_404(app_id)
    form = BundleForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _accept(request, app, form)
        except ConsoleError as error:
            form.add_error("file", error.message)
    return page_render(
        request, "updates/bundle_new.html", {"title": "Upload a bundle", "app": app, "form": form}
    )


def _accept(request: ConsoleRequest, app: App, form: BundleForm) -> HttpResponse:
    upload: TemporaryUploadedFile = form.cleaned_data["file"]
    bundle, created = bundle_upload(
        app=app,
        version=form.cleaned_data["version"],
        upload=Path(upload.temporary_file_path()),
        actor=request.user.actor,
    )
    if created:
        messages.success(request, f"{bundle.version} passed every check and is stored.")
    else:
        messages.info(request, f"{bundle.version} was uploaded before, with exactly this content.")
    return redirect("updates:bundle", app.pk, bundle.version)


@console_page(Permission.APP_VIEW)
def bundle_page(request: ConsoleRequest, app_id: str, version: str) -> HttpResponse:
    """One bundle: what it is, where it is live, what files it holds."""
    app = app_or_404(app_id)
    bundle = Bundle.objects.filter(app=app, version=version).select_related("archive").first()
    if bundle is None:
        raise Http404("No such bundle.")
    context = {
        "title": f"Bundle {version}",
        "app": app,
        "bundle": bundle,
        "releases": Release.objects.filter(bundle=bundle).select_related("channel"),
        "channels": app.channels.all(),
        "may": {permission.value: request.user.may(permission) for permission in Permission},
    }
    return page_render(request, "updates/bundle.html", context)
