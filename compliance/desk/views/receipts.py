"""Public: somebody's receipt that their data are erased, with what verifies it.

The address is in the letter that answers their request, and holds a secret; the receipt itself names nobody.
"""

import hmac
import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.domain.addresses import network_of
from accounts.services.client_address import address_of
from compliance.desk.backends.subject_key import receipt_token
from compliance.desk.models import ErasureRun
from compliance.desk.selectors.downstream import told_lines
from compliance.desk.services.erasure import erasure_receipt, receipt_run
from compliance.desk.services.handling import erasure_answer
from compliance.desk.views.log_keys import keys_written
from releaseconsole.kernel.errors import ConsoleError
from updates.errors import AttemptsUncountedError, TooManyAttemptsError
from updates.services.testers import Attempt, attempt_count

_KINDS = {
    "receipt.json": "application/json",
    "audit-log-keys.pem": "application/x-pem-file",
    "verify_receipt.py": "text/x-python",
    "verify_entry.py": "text/x-python",
}


@never_cache
@require_GET
def receipt_page(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """What was erased and what stays, and how to check it."""
    run = _run(request, reference, token)
    context = {
        "title": "Your receipt",
        "operator": settings.PRIVACY_OPERATOR,
        "run": run,
        "statement": json.loads(run.statement),
        "erased": erasure_answer(run).result,
        "told": told_lines(reference),
        "files": list(_KINDS),
        "verify": "python3 verify_receipt.py receipt.json audit-log-keys.pem",
    }
    return render(request, "privacy/receipt.html", context)


@never_cache
@require_GET
def receipt_file(request: HttpRequest, reference: str, token: str, name: str) -> HttpResponse:
    """The receipt, the log's public keys, or the program that checks one with the other."""
    run = _run(request, reference, token)
    kind = _KINDS.get(name)
    if kind is None:
        raise Http404
    try:
        if name == "receipt.json":
            text = erasure_receipt(run)
        elif name == "audit-log-keys.pem":
            text = keys_written()
        else:
            text = (settings.BASE_DIR / "offline" / name).read_text()
    except ConsoleError as error:
        return HttpResponse(error.title, status=503, content_type="text/plain; charset=utf-8")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers=headers)


def _run(request: HttpRequest, reference: str, token: str) -> ErasureRun:
    """Find the erasure; whoever doesn't know the secret learns nothing, and not often."""
    try:
        attempt_count(Attempt.PAGE, network_of(address_of(request)))
    except (TooManyAttemptsError, AttemptsUncountedError) as error:
        raise Http404 from error
    run = receipt_run(reference)
    if not hmac.compare_digest(receipt_token(reference).encode(), token.encode()) or run is None:
        raise Http404
    return run
