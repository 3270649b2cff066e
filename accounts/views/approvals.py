"""Pages: what waits for a second person, one request, and the review of what one person did alone."""

from collections.abc import Callable
from functools import wraps
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.approvals import ApprovalState
from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.models import ApprovalRequest, ReviewTask
from accounts.selectors.policy import assurance_statement
from accounts.services.approval_inbox import (
    history_of,
    inbox_of,
    may_decide,
    may_review,
    request_visible,
    sees_reviews,
)
from accounts.services.approval_kinds import Asked, Foreseen, approval_kind
from accounts.services.approvals import (
    approval_give,
    approval_give_operation,
    approval_reject,
    approval_withdraw,
    approvers_of,
)
from accounts.services.reviews import review_close, review_close_operation, review_get
from accounts.views.pages import ConsoleRequest, HiddenError, own_page, page_render
from accounts.views.second_person import ReasonForm
from accounts.views.step_up import stepped_up
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError

_PAGE_SIZE: Final = 25


class NoteForm(forms.Form):
    """What a reviewer found."""

    note = forms.CharField(
        label="What did you find?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )


@own_page
def approvals(request: ConsoleRequest) -> HttpResponse:
    """What waits, and what was decided."""
    now = clock.now()
    history = Paginator(history_of(request.user, now=now), _PAGE_SIZE)
    page = history.get_page(request.GET.get("page"))
    context = {
        "title": "Approvals",
        "inbox": inbox_of(request.user, now=now),
        "page": page,
        "history": [(row, row.state_at(now).value) for row in page],
        "statement": assurance_statement(),
    }
    return page_render(request, "accounts/approvals.html", context)


def _request_page(
    page: Callable[[ConsoleRequest, ApprovalRequest], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Guard a page about one request: for who sees it, whichever way it's asked for."""

    @wraps(page)
    def found(request: ConsoleRequest, request_id: UUID) -> HttpResponse:
        return page(request, _visible(request, request_id))

    return own_page(found)


@_request_page
def approval(request: ConsoleRequest, row: ApprovalRequest) -> HttpResponse:
    """One request; with a code that confirms exactly it, approve it."""
    now = clock.now()
    form = StepUpForm(request.POST or None, operation=approval_give_operation(row))
    if request.method == "POST" and form.is_valid():
        try:
            done = approval_give(
                request_id=row.pk, step_up=stepped_up(request, approval_give_operation(row), form)
            )
        except ConsoleError as error:
            row = _visible(request, row.pk)
            if row.state != ApprovalState.PENDING.value:  # it ended with this; the page has no form any more
                messages.error(request, error.message)
                return redirect("accounts:approval", row.pk)
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Approved and done. {done.outcome}")
            return redirect("accounts:approval", row.pk)
    state, foreseen = row.state_at(now), _foreseen(row)
    is_pending = state is ApprovalState.PENDING
    kind = approval_kind(row.operation)
    context = {
        "title": row.headline,
        "row": row,
        "kind": kind,
        "state": state.value,
        "is_pending": is_pending,
        "foreseen": foreseen if is_pending else None,
        "may_decide": is_pending and may_decide(request.user, row),
        "is_own": row.requested_by_id == request.user.pk,
        "approvers": approvers_of(kind, operation=row.subject, requester=row.requested_by),
        "form": form,
        "reason_form": ReasonForm(prefix="reject"),
    }
    return page_render(request, "accounts/approval.html", context)


@_request_page
@require_POST
def approval_reject_page(request: ConsoleRequest, row: ApprovalRequest) -> HttpResponse:
    """Decide against a request."""
    form = ReasonForm(request.POST, prefix="reject")
    reason = str(form.cleaned_data["reason"]) if form.is_valid() else ""
    try:
        approval_reject(request_id=row.pk, user=request.user, reason=reason)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The request is rejected.")
    return redirect("accounts:approval", row.pk)


@_request_page
@require_POST
def approval_withdraw_page(request: ConsoleRequest, row: ApprovalRequest) -> HttpResponse:
    """Take back one's own request."""
    try:
        approval_withdraw(request_id=row.pk, user=request.user)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The request is withdrawn.")
    return redirect("accounts:approval", row.pk)


@own_page
def review(request: ConsoleRequest, review_id: UUID) -> HttpResponse:
    """What one person did alone; with a note and a code, close its review."""
    task = review_get(review_id=review_id)
    if not sees_reviews(request.user):
        raise HiddenError(Permission.AUDIT_VIEW.value)
    form = StepUpForm(request.POST or None, operation=review_close_operation(task))
    note_form = NoteForm(request.POST or None)
    if request.method == "POST" and _closed(request, task, form, note_form):
        return redirect("accounts:review", task.pk)
    context = {
        "title": "Review of what one person did alone",
        "task": task,
        "may_close": task.reviewed_at is None and may_review(request.user, task),
        "form": form,
        "note_form": note_form,
    }
    return page_render(request, "accounts/review.html", context)


def _closed(request: ConsoleRequest, task: ReviewTask, form: StepUpForm, note_form: NoteForm) -> bool:
    if not (form.is_valid() and note_form.is_valid()):
        return False
    try:
        note = str(note_form.cleaned_data["note"])
        step_up = stepped_up(request, review_close_operation(task), form)
        review_close(review_id=task.pk, note=note, step_up=step_up)
    except ConsoleError as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, "The review is closed.")
    return True


def _visible(request: ConsoleRequest, request_id: UUID) -> ApprovalRequest:
    """Find a request that this person may see.

    Raises:
        HiddenError: There's one, and they may not.
        Http404: There's none.
    """
    row = request_visible(request.user, request_id)
    if row is None:
        hidden = ApprovalRequest.objects.filter(pk=request_id).first()
        if hidden is not None:
            raise HiddenError(approval_kind(hidden.operation).permission.value)
        raise Http404
    return row


def _foreseen(row: ApprovalRequest) -> Foreseen | None:
    """What would follow now; None when it isn't what would be done any more."""
    if row.state != ApprovalState.PENDING.value:
        return None
    try:
        foreseen = approval_kind(row.operation).foresee(Asked(row.subject, row.payload_read()))
    except ConsoleError:
        return None
    return foreseen if foreseen.operation.digest() == row.digest else None
