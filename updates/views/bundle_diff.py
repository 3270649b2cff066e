"""Pages: what differs between two bundles."""

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from updates.selectors.apps import app_get, bundle_get
from updates.selectors.bundle_diff import bundles_compare, comparable


@console_page(Permission.APP_VIEW, anywhere=True)
def bundle_compare(request: ConsoleRequest, app_id: str, version: str, other: str) -> HttpResponse:
    """What `version` has, lacks and has otherwise, beside `other`."""
    app = app_get(app_id=app_id)
    bundle, before = bundle_get(app=app, version=version), bundle_get(app=app, version=other)
    wanted = request.GET.get("with", "")
    if wanted and wanted != other:
        return redirect(
            "updates:bundle-compare", app.pk, version, bundle_get(app=app, version=wanted).version
        )
    context = {
        "title": f"{version} beside {other}",
        "app": app,
        "bundle": bundle,
        "before": before,
        "diff": bundles_compare(before, bundle),
        "others": comparable(bundle),
    }
    return page_render(request, "updates/bundle_compare.html", context)
