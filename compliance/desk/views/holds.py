"""Pages: legal holds, placing one, asking that one is lifted; and what goes when none keeps it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.forms.holds import HoldForm
from compliance.desk.services.hold_lifting import hold_lift_confirmed, hold_lift_operation
from compliance.ledger.selectors.holds import events_covered, hold_get, holds_all
from compliance.ledger.selectors.retention import periods_current, purges_latest
from compliance.ledger.services.holds import hold_place
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from updates.views.confirming import confirming


@console_page(Permission.AUDIT_VIEW)
def hold_list(request: ConsoleRequest) -> HttpResponse:
    """All holds, those that stand first; and for how long what is kept without one."""
    holds = holds_all()
    context = {
        "title": "Retention and legal holds",
        "standing": [hold for hold in holds if hold.lifted_at is None],
        "lifted": [hold for hold in holds if hold.lifted_at is not None],
        "periods": periods_current(),
        "purges": purges_latest(),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
        # As on the log: what somebody typed is for whoever may export it, and nobody from outside is that.
        "sees_reasons": request.user.may(Permission.AUDIT_EXPORT),
    }
    return page_render(request, "desk/holds.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def hold_new(request: ConsoleRequest) -> HttpResponse:
    """A form for what is to be kept from now on."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hold = hold_place(
                terms=form.terms(),
                reason=form.cleaned_data["reason"],
                actor=request.user.actor,
                now=clock.now(),
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            count = events_covered(hold).count()
            entries = "1 entry" if count == 1 else f"{count} entries"
            messages.success(request, f"The hold stands. It covers {entries} of the audit log so far.")
            return redirect("desk:holds")
    return page_render(request, "desk/hold_new.html", {"title": "Place a legal hold", "form": form})


@console_page(Permission.PRIVACY_MANAGE)
def hold_end(request: ConsoleRequest, hold_id: int) -> HttpResponse:
    """Say what lifting a hold lets go, and ask somebody else to approve it."""
    hold = hold_get(pk=hold_id)
    confirmation = confirming(
        request,
        hold_lift_operation(hold=hold),
        lambda authority: hold_lift_confirmed(hold=hold, authority=authority),
    )
    if confirmation.asked:
        return confirmation.asked
    context = {
        "title": "Lift a legal hold",
        "hold": hold,
        "covered": events_covered(hold).count(),
        "second": confirmation.second,
        "form": confirmation.form,
    }
    return page_render(request, "desk/hold_lift.html", context)
