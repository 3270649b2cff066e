"""Receipts of releases: the proofs as files, for whoever verifies them without the console."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page
from updates.selectors.apps import app_get
from updates.selectors.receipts import receipt_proof
from updates.selectors.releases import release_channel, release_of_app


def _channel_of(*, app_id: str, release_seq: int, **_: object) -> str:
    return release_channel(app_id=app_id, release_seq=release_seq)


@console_page(Permission.APP_VIEW, channel_of=_channel_of)
@require_GET
def release_proof(_request: ConsoleRequest, app_id: str, release_seq: int, event: int) -> HttpResponse:
    """One proof of a release's receipt, as a C2SP tlog-proof."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    name = f"release-{release_seq}-event-{event}.tlog-proof"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    proof = receipt_proof(release=release, event=event)
    return HttpResponse(proof, headers=headers, content_type="text/plain; charset=utf-8")


def waits_words(why: str) -> str:
    """Say to whoever made a release live that no device is offered it yet."""
    return f"No device is offered it before its receipt is there. {why}"
