"""Page: copies of the log's checkpoints outside the database, and comparing them with the log."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.ledger.selectors.anchors import (
    anchor_statuses,
    anchors_latest,
    checkpoints_current,
    oldest_unanchored,
)
from compliance.ledger.services.anchors_comparing import anchors_check
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.AUDIT_VIEW)
def anchor_list(request: ConsoleRequest) -> HttpResponse:
    """How each kind of copies is doing, the newest ones, and the note to copy by hand."""
    context = {
        "title": "Anchors of the audit log",
        "statuses": anchor_statuses(),
        "anchors": anchors_latest(),
        "oldest": oldest_unanchored(clock.now()),
        "latest": checkpoints_current().last(),
        "may_compare": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/anchors.html", context)


@console_page(Permission.PRIVACY_MANAGE)
@require_POST
def anchors_compare(request: ConsoleRequest) -> HttpResponse:
    """Read the newest copies back, and say whether they fit the log."""
    try:
        comparisons = anchors_check(now=clock.now())
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect("desk:anchors")
    if not comparisons:
        messages.info(request, "There's no place from which copies could be read back.")
    for each in comparisons:
        said = "; ".join(f"{one.place or each.kind.label}: {one.says}" for one in each.differences)
        if said:
            messages.error(request, f"Copies in {each.kind.place_words} don't fit the log: {said}.")
        elif not each.read:
            messages.info(request, f"No copy lies in {each.kind.place_words} yet.")
        else:
            read = "1 copy" if each.read == 1 else f"{each.read} copies"
            messages.success(request, f"Read back from {each.kind.place_words}: {read}. All fit the log.")
    return redirect("desk:anchors")
