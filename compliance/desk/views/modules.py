"""Pages: what does the console's cryptography, tried as the page is made; certificates on record."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.modules.certificates import CERTIFIABLE, KNOWN_AS_OF, KNOWN_MODULES
from compliance.desk.domain.modules.evidence import evidence_document
from compliance.desk.domain.modules.history import facts_digest
from compliance.desk.domain.modules.libraries import LIBRARY_TITLES, Library, library_judge
from compliance.desk.forms.modules import CertificateForm, WithdrawalForm
from compliance.desk.models import ModuleCertificate
from compliance.desk.selectors.modules.certificates import certificates_current, certificates_of
from compliance.desk.selectors.modules.evidence import (
    documents_missing,
    evidence_latest_each,
    evidence_of,
    evidence_strips,
)
from compliance.desk.services.modules.certificates import certificate_record, certificate_withdraw
from compliance.desk.services.modules.evidence import evidence_take
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError, NotFoundError

_SHOWN: Final = timedelta(days=29)
_LATELY: Final = timedelta(days=2)


@console_page(Permission.AUDIT_VIEW)
def modules_page(request: ConsoleRequest) -> HttpResponse:
    """Measure, and show what that came to."""
    now = clock.now()
    evidence = evidence_take(now=now)
    here, first = facts_digest(evidence_document(evidence)), now.date() - _SHOWN
    standing = {each.claim.library: each for each in evidence.certificates}
    rows = {Library(row.library): row for row in certificates_current()}
    context = {
        "title": "Cryptographic modules",
        "evidence": evidence,
        "libraries": [(facts, library_judge(facts)) for facts in evidence.libraries],
        "used": [each for each in evidence.paths if each.is_used],
        "unused": [each.path for each in evidence.paths if not each.is_used],
        "certificates": [
            (library.value, LIBRARY_TITLES[library], rows.get(library), standing.get(library))
            for library in CERTIFIABLE
        ],
        "known": KNOWN_MODULES,
        "known_as_of": KNOWN_AS_OF,
        "kept": [
            (each, each.standing is evidence.standing, each.facts == here)
            for each in evidence_latest_each(since=now - _LATELY)
        ],
        "strips": evidence_strips(first=first, last=now.date()),
        "missing": documents_missing(first, now.date()),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/modules/page.html", context)


@console_page(Permission.AUDIT_VIEW)
def modules_evidence(request: ConsoleRequest) -> HttpResponse:  # noqa: ARG001 (every page takes it)
    """The same for machines."""
    now = clock.now()
    headers = {"Content-Disposition": f'attachment; filename="modules-{now:%Y%m%dT%H%M%SZ}.json"'}
    return JsonResponse(evidence_document(evidence_take(now=now)), headers=headers)


@console_page(Permission.AUDIT_VIEW)
def evidence_kept(request: ConsoleRequest, sha256: str) -> HttpResponse:  # noqa: ARG001 (every page takes it)
    """A record as it was digested, byte for byte: its SHA-256 is the id in the log's entry."""
    row = evidence_of(sha256)
    if row is None:
        raise NotFoundError
    headers = {"Content-Disposition": f'attachment; filename="modules-{row.taken_at:%Y%m%dT%H%M%SZ}.json"'}
    return HttpResponse(row.document.encode(), content_type="application/json", headers=headers)


@console_page(Permission.PRIVACY_MANAGE)
def certificate_new(request: ConsoleRequest, library: str) -> HttpResponse:
    """A form for what CMVP says of a module today; and what it was said to say before."""
    place, now = _library(library), clock.now()
    earlier = list(certificates_of(place))
    form = CertificateForm(request.POST or None, initial=_initial(earlier))
    if request.method == "POST" and form.is_valid():
        try:
            certificate_record(
                claim=form.claim(place),
                environment=form.cleaned_data["environment"],
                note=form.cleaned_data["note"],
                user=request.user,
                now=now,
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The certificate is on record.")
            return redirect("desk:modules")
    context = {
        "title": "Record a certificate",
        "library": place,
        "library_title": LIBRARY_TITLES[place],
        "earlier": earlier,
        "stands": any(row.superseded_at is None for row in earlier),
        "form": form,
    }
    return page_render(request, "desk/modules/certificate.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def certificate_end(request: ConsoleRequest, library: str) -> HttpResponse:
    """Take a certificate off the record."""
    place = _library(library)
    row = certificates_of(place).filter(superseded_at=None).first()
    if row is None:
        raise NotFoundError
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            certificate_withdraw(
                library=place, reason=form.cleaned_data["reason"], user=request.user, now=clock.now()
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "No certificate is claimed for this any more.")
            return redirect("desk:modules")
    context = {
        "title": "Take a certificate off the record",
        "row": row,
        "library_title": LIBRARY_TITLES[place],
        "form": form,
    }
    return page_render(request, "desk/modules/certificate_end.html", context)


def _library(name: str) -> Library:
    """Find the library that an address names.

    Raises:
        NotFoundError: There's none, or no module stands behind it.
    """
    if name not in {each.value for each in CERTIFIABLE}:
        raise NotFoundError
    return Library(name)


def _initial(earlier: list[ModuleCertificate]) -> dict[str, object]:
    """Begin with what stands, but for the day: whoever records again has looked again."""
    standing = next((row for row in earlier if row.superseded_at is None), None)
    names = ("number", "module", "version", "standard", "level", "status", "sunset_on", "environment", "note")
    return {name: getattr(standing, name) for name in names} if standing else {}
