"""Pages: the laws and standards that the product quotes, and recording that somebody looked at one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.modules.components import BY_NAME
from compliance.desk.domain.modules.watchlist import WATCHED, ReviewKind
from compliance.desk.forms.modules import LibraryReviewForm, ReviewForm
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.modules.watch import reviews_of, watch_lines
from compliance.desk.services.modules.watch import KEYS, watch_review_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError, NotFoundError


@console_page(Permission.AUDIT_VIEW)
def watch_page(request: ConsoleRequest) -> HttpResponse:
    """Every text, those first whose review is due."""
    today = today_at(clock.now())
    lines = [(line, line.state.is_due(today=today)) for line in watch_lines()]
    context = {
        "title": "Laws and standards",
        "lines": lines,
        "due": sum(is_due for _, is_due in lines),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/modules/watch.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def watch_review(request: ConsoleRequest, watched: str, key: str) -> HttpResponse:
    """A form for having looked at a text or a library; and who did before."""
    kind = next((each for each in ReviewKind if each.value == watched), None)
    if kind is None or key not in KEYS[kind]:
        raise NotFoundError
    form_of = LibraryReviewForm if kind is ReviewKind.LIBRARY else ReviewForm
    form = form_of(request.POST or None, initial={"owner": request.user.pk})
    if request.method == "POST" and form.is_valid():
        try:
            watch_review_record(kind=kind, key=key, user=request.user, now=clock.now(), **form.cleaned_data)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The review is on record.")
            return redirect("desk:watch" if kind is ReviewKind.TEXT else "desk:inventory")
    context = {
        "title": "Record a review",
        "about": _title(kind, key),
        "is_text": kind is ReviewKind.TEXT,
        "earlier": list(reviews_of(kind, key)),
        "form": form,
    }
    return page_render(request, "desk/modules/review.html", context)


def _title(kind: ReviewKind, key: str) -> str:
    if kind is ReviewKind.LIBRARY:
        return f"{key}: {BY_NAME[key].used_for}"
    return next(text.title for text in WATCHED if text.key == key)
