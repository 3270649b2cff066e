"""Pages: the PHI register, one app's part of it, the enforcement matrix, and people's words."""

from collections import Counter
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.phi.matrix import MATRIX
from compliance.desk.domain.phi.status import PHIStatus
from compliance.desk.forms.phi import STORAGE_KINDS, AppWordForm, BundleWordForm, StorageWordForm
from compliance.desk.selectors.phi.refusals import refusals_count, refusals_latest
from compliance.desk.selectors.phi.register import (
    app_registered,
    apps_registered,
    bundle_registered,
    measurements_latest,
    storage_declared,
)
from compliance.desk.services.phi.declaring import PHIWord, phi_declare
from compliance.desk.tasks.phi import phi_measure_asked
from compliance.ledger.selectors.retention import periods_current
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError

# As far as refusals are counted.
_LATELY: Final = timedelta(days=90)


@console_page(Permission.AUDIT_VIEW, by_role=True)
def phi_register(request: ConsoleRequest) -> HttpResponse:
    """All apps with their status, what was measured, and what people attest."""
    now = clock.now()
    lines = apps_registered(now=now)
    kinds = dict(STORAGE_KINDS)
    context = {
        "title": "PHI register",
        "lines": lines,
        "counts": Counter(line.status for line in lines),
        "bad": sum(line.is_bad for line in lines),
        "unknown": sum(line.status is PHIStatus.UNKNOWN for line in lines),
        "refused": sum(refusals_count(since=now - _LATELY).values()),
        "measurements": measurements_latest().items(),
        "storage": [(kinds.get(row.key, row.key), row) for row in storage_declared()],
        "periods": periods_current(),
        "now": now,
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/phi/register.html", context)


@console_page(Permission.AUDIT_VIEW, by_role=True)
def phi_app(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """One app: its tokens, claims, stored fields and bundles, and what was refused."""
    now = clock.now()
    since = now - _LATELY
    counts = refusals_count(since=since, app_id=app_id)
    register = app_registered(app_id=app_id, counts=counts, now=now)
    context = {
        "title": f"PHI: {register.app.name}",
        "register": register,
        "groups": [
            ("Tokens", register.tokens),
            ("Claims", register.claims),
            ("Stored fields", register.fields),
            ("Bundles", register.bundles),
        ],
        "refusals": refusals_latest(since=since, app_id=app_id),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
        "may_see_keys": request.user.may(Permission.KEY_VIEW, app_id=app_id),
    }
    return page_render(request, "desk/phi/app.html", context)


@console_page(Permission.AUDIT_VIEW, by_role=True)
def phi_matrix(request: ConsoleRequest) -> HttpResponse:
    """What is enforced, how often somebody ran into it, and the newest refusals."""
    since = clock.now() - _LATELY
    counts = refusals_count(since=since)
    context = {
        "title": "What is enforced for PHI",
        "rows": [(row, counts.get(row.rule.value, 0)) for row in MATRIX],
        "refusals": refusals_latest(since=since),
        "days": _LATELY.days,
    }
    return page_render(request, "desk/phi/matrix.html", context)


@console_page(Permission.PRIVACY_MANAGE)
@require_POST
def phi_measure_now(request: ConsoleRequest) -> HttpResponse:
    """Have everything measured anew."""
    phi_measure_asked.delay(str(request.user.pk))
    messages.info(request, "It's being measured. Load this page again in a moment.")
    return redirect("desk:phi")


@console_page(Permission.PRIVACY_MANAGE)
def phi_app_declare(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """Say that an app handles no health data."""
    register = app_registered(app_id=app_id, counts={}, now=clock.now())
    form = AppWordForm(request.POST or None)
    context = {"title": f"Health data in {register.app.name}", "app": register.app}
    word = form.word(app_id) if form.is_valid() else None
    return _declare(request, form, word, context)


@console_page(Permission.PRIVACY_MANAGE)
def phi_bundle_declare(request: ConsoleRequest, app_id: str, version: str) -> HttpResponse:
    """Say whether a bundle holds health data."""
    bundle = bundle_registered(app_id=app_id, version=version)
    form = BundleWordForm(request.POST or None)
    context = {"title": f"Health data in {bundle.version}", "app": bundle.app}
    word = form.word(app_id, bundle.archive_id) if form.is_valid() else None
    return _declare(request, form, word, context)


@console_page(Permission.PRIVACY_MANAGE)
def phi_storage_declare(request: ConsoleRequest) -> HttpResponse:
    """Say how storage is protected where the console can't see it."""
    form = StorageWordForm(request.POST or None)
    word = form.word() if form.is_valid() else None
    return _declare(request, form, word, {"title": "Attest how storage is protected"})


def _declare(
    request: ConsoleRequest, form: forms.Form, word: PHIWord | None, context: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST" and word is not None:
        try:
            phi_declare(word=word, user=request.user, now=clock.now())
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "It's in the register, with your name.")
            return redirect("desk:phi-app", word.app_id) if word.app_id else redirect("desk:phi")
    return page_render(request, "desk/phi/declare.html", {**context, "form": form})
