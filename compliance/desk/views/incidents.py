"""Pages: the register of incidents, one with its notices, and what is done about it."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.notices import CAVEAT
from compliance.desk.forms.incidents import (
    AssessForm,
    IncidentCloseForm,
    IncidentForm,
    NoticeForm,
    StepForm,
)
from compliance.desk.models.incidents import Incident, IncidentNotice
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.incidents import incident_get, incidents_all, notice_get
from compliance.desk.services.incidents import (
    incident_assess,
    incident_close,
    incident_continue,
    incident_record,
    notice_settle,
)
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.ACCESS_VIEW, by_role=True)
def incident_list(request: ConsoleRequest) -> HttpResponse:
    """All incidents, those noticed last first."""
    context = {
        "title": "Incidents",
        "incidents": incidents_all(),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/incidents/list.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def incident_new(request: ConsoleRequest) -> HttpResponse:
    """A form for what happened."""
    form = IncidentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            incident = incident_record(account=form.account(), known=form.known(), recorder=request.user)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"It's {incident.reference}.")
            return redirect("desk:incident", incident.pk)
    context = {"title": "Record an incident", "form": form}
    return page_render(request, "desk/incidents/new.html", context)


@console_page(Permission.ACCESS_VIEW, by_role=True)
def incident_page(request: ConsoleRequest, incident_id: int) -> HttpResponse:
    """One incident with all that was done about it."""
    incident = incident_get(incident_id=incident_id)
    context = {
        "title": f"{incident.reference}: {incident.get_kind_display()}",
        "incident": incident,
        "steps": incident.steps.select_related("recorded_by"),
        "notices": incident.notices.select_related("settled_by"),
        "caveat": CAVEAT,
        "today": today_at(clock.now()),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE) and incident.closed_at is None,
    }
    return page_render(request, "desk/incidents/page.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def incident_again(request: ConsoleRequest, incident_id: int) -> HttpResponse:
    """Say anew whom it concerns."""
    incident = incident_get(incident_id=incident_id)
    before = {"personal": incident.personal, "phi": incident.phi, "affected": incident.affected}
    form = AssessForm(request.POST or None, initial=before)
    return _acted(
        request,
        incident,
        form,
        ("Whom does it concern?", "Record it", "It's recorded. Notices that it may need are listed."),
        lambda: incident_assess(
            incident=incident, known=form.known(), why=form.cleaned_data["why"], assessor=request.user
        ),
    )


@console_page(Permission.PRIVACY_MANAGE)
def incident_step_new(request: ConsoleRequest, incident_id: int) -> HttpResponse:
    """Write down what was done."""
    incident = incident_get(incident_id=incident_id)
    form = StepForm(request.POST or None)
    return _acted(
        request,
        incident,
        form,
        ("What was done?", "Record it", "It's recorded."),
        lambda: incident_continue(incident=incident, **form.cleaned_data, recorder=request.user),
    )


@console_page(Permission.PRIVACY_MANAGE)
def incident_notice(request: ConsoleRequest, incident_id: int, notice_id: int) -> HttpResponse:
    """Say that a notice was sent, or why it isn't due."""
    notice = notice_get(incident_id=incident_id, notice_id=notice_id)
    form = NoticeForm(request.POST or None)
    return _acted(
        request,
        incident_get(incident_id=incident_id),
        form,
        (f"Notice to {notice.terms.whom}", "Record it", "It's recorded."),
        lambda: notice_settle(notice=notice, **form.cleaned_data, settler=request.user),
        notice=notice,
    )


@console_page(Permission.PRIVACY_MANAGE)
def incident_over(request: ConsoleRequest, incident_id: int) -> HttpResponse:
    """Close it with its lessons."""
    incident = incident_get(incident_id=incident_id)
    form = IncidentCloseForm(request.POST or None)
    return _acted(
        request,
        incident,
        form,
        (f"Close {incident.reference}", "Close the incident", "The incident is closed."),
        lambda: incident_close(incident=incident, lessons=form.cleaned_data["lessons"], closer=request.user),
    )


def _acted(
    request: ConsoleRequest,
    incident: Incident,
    form: forms.Form,
    words: tuple[str, str, str],
    act: Callable[[], object],
    *,
    notice: IncidentNotice | None = None,
) -> HttpResponse:
    """Show a form, and do what it asks for; `words`: the title, the button, what is said afterwards."""
    title, button, said = words
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, said)
            return redirect("desk:incident", incident.pk)
    context = {"title": title, "incident": incident, "notice": notice, "form": form, "button": button}
    return page_render(request, "desk/incidents/act.html", context)
