"""Pages: reviews of access, one with its people, deciding about a person, and closing it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.domain.engagements import REPORT_WORDS
from accounts.domain.roles import PERMISSION_WORDS, Permission
from accounts.selectors.access import person_get
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.recertification import REVIEW_TIME, quarter_of
from compliance.desk.forms.recertification import CampaignCloseForm, DecisionsForm
from compliance.desk.models.recertification import HeldKind, RecertificationLine
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.recertification import campaign_get, campaign_people, campaigns_all
from compliance.desk.services.recertification import campaign_close, campaign_open, lines_decide
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.ACCESS_VIEW, by_role=True)
def campaign_list(request: ConsoleRequest) -> HttpResponse:
    """All reviews, the newest first."""
    campaigns, today = list(campaigns_all()), today_at(clock.now())
    quarter = quarter_of(today)
    context = {
        "title": "Reviews of access",
        "campaigns": campaigns,
        "quarter": quarter,
        "is_open": any(campaign.quarter == str(quarter) for campaign in campaigns),
        "today": today,
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/recertification/list.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def campaign_new(request: ConsoleRequest) -> HttpResponse:
    """Say what opening a review does, and open it."""
    quarter = quarter_of(today_at(clock.now()))
    if request.method == "POST":
        try:
            campaign = campaign_open(opener=request.user)
        except ConsoleError as error:
            messages.error(request, error.message)
            return redirect("desk:recertifications")
        messages.success(request, "The review is open.")
        return redirect("desk:recertification", campaign.pk)
    context = {"title": f"Open the review of {quarter}", "quarter": quarter, "days": REVIEW_TIME.days}
    return page_render(request, "desk/recertification/new.html", context)


@console_page(Permission.ACCESS_VIEW, by_role=True)
def campaign_page(request: ConsoleRequest, campaign_id: int) -> HttpResponse:
    """One review: how far it is, who holds what, what was decided."""
    campaign = campaign_get(campaign_id=campaign_id)
    now = clock.now()
    people = campaign_people(campaign, now=now)
    for one in people:
        for line in one.lines:
            line_words_add(line)
    context = {
        "title": f"Review of access {campaign.quarter}",
        "campaign": campaign,
        "people": people,
        "waiting": [line for one in people for line in one.lines if line.waits],
        "gone": sum(line.carried_out_at is not None for one in people for line in one.lines),
        "today": today_at(now),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
        "may_revoke": request.user.may(Permission.PEOPLE_MANAGE),
    }
    return page_render(request, "desk/recertification/page.html", context)


@console_page(Permission.ACCESS_VIEW, by_role=True)
def campaign_person(request: ConsoleRequest, campaign_id: int, person_id: int) -> HttpResponse:
    """Everything that one person holds: keep or revoke each."""
    campaign, person = campaign_get(campaign_id=campaign_id), person_get(person_id=person_id)
    found = campaign_people(campaign, now=clock.now(), person_id=person.pk)
    if not found:
        raise Http404
    lines = found[0].lines
    for line in lines:
        line_words_add(line)
    form = DecisionsForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        try:
            changed = lines_decide(
                campaign=campaign,
                person=person,
                decisions=form.decisions(),
                reason=form.cleaned_data["reason"],
                decider=request.user,
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Decided: {changed}." if changed else "Nothing was changed.")
            return redirect("desk:recertification", campaign.pk)
    context = {
        "title": f"{person.name}: keep or revoke",
        "campaign": campaign,
        "person": person,
        "form": form,
        "is_own": person.pk == request.user.pk,
    }
    return page_render(request, "desk/recertification/person.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def campaign_over(request: ConsoleRequest, campaign_id: int) -> HttpResponse:
    """Say what the review came to, and close it."""
    campaign = campaign_get(campaign_id=campaign_id)
    form = CampaignCloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            campaign_close(campaign=campaign, note=form.cleaned_data["note"], closer=request.user)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The review is closed.")
            return redirect("desk:recertification", campaign.pk)
    people = campaign_people(campaign, now=clock.now())
    waiting = sum(line.waits for one in people for line in one.lines)
    context = {
        "title": f"Close the review {campaign.quarter}",
        "campaign": campaign,
        "waiting": waiting,
        "form": form,
    }
    return page_render(request, "desk/recertification/close.html", context)


def line_words_add(line: RecertificationLine) -> None:
    """Give a line its words, and the address of the page where an administrator takes it."""
    match HeldKind(line.kind):
        case HeldKind.ROLE:
            line.words = line.what.replace("_", " ").capitalize()
            line.taken_at = reverse("accounts:role-take", args=[line.person_id, line.what])
        case HeldKind.GRANT:
            line.words = PERMISSION_WORDS.get(line.what, line.what).capitalize()
            line.taken_at = reverse("accounts:grant-end", args=[line.person_id, line.holding_id])
        case _:
            names = (REPORT_WORDS.get(name, name) for name in line.what.split())
            line.words = "External auditor of " + ", ".join(names)
            line.taken_at = reverse("accounts:engagement-end", args=[line.person_id, line.holding_id])
