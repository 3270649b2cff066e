"""Pages: what somebody holds, and their grants and engagements: made and ended.

What is to be granted stands in the address of the confirming page, so that the code is bound to what was
shown; nothing of it is secret.
"""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.domain.roles import INSIDER_ROLES, PERMISSION_WORDS, Permission, Role
from accounts.errors import AccountsError
from accounts.forms import EngagementForm, GrantForm
from accounts.models import User
from accounts.selectors.access import person_get
from accounts.services.engagements import (
    EngagementWish,
    engagement_agree,
    engagement_agree_operation,
    engagement_end,
    engagement_end_operation,
    engagement_possible,
    reports_in_words,
)
from accounts.services.grants import (
    GrantWish,
    grant_check,
    grant_end,
    grant_end_operation,
    grant_make,
    grant_make_operation,
)
from accounts.views.access_change import AccessChange, access_change_confirm
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.roles import role_words
from releaseconsole.kernel import clock


@console_page(Permission.PEOPLE_MANAGE)
def person_access(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """What somebody holds: roles, grants, engagements; and what of it can be changed."""
    person, now = person_get(person_id=person_id), clock.now()
    grants = list(person.grants.select_related("granted_by", "ended_by"))
    live = [grant for grant in grants if grant.is_live(now)]
    engagements = list(person.engagements.select_related("agreed_by", "ended_by"))
    is_external = Role.EXTERNAL_AUDITOR in person.roles
    offered = {Role.EXTERNAL_AUDITOR} if is_external else INSIDER_ROLES
    context = {
        "title": f"Roles and grants of {person.name}",
        "person": person,
        "is_own": person.pk == request.user.pk,
        "is_external": is_external,
        "may_be_engaged": not live and not person.roles - {Role.EXTERNAL_AUDITOR},
        "roles": [(role, role in person.roles, role_words(role)) for role in Role if role in offered],
        "grants": live,
        "past_grants": [grant for grant in grants if not grant.is_live(now)],
        "engagements": [(each, reports_in_words(each.reports), each.is_over(now)) for each in engagements],
    }
    return page_render(request, "accounts/person_access.html", context)


@console_page(Permission.PEOPLE_MANAGE)
def grant_new(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """A form for a grant; filled in, say what it gives, and with a code, make it."""
    person = person_get(person_id=person_id)
    form = GrantForm(request.GET or None)
    if form.is_valid():
        wish = form.wish()
        try:
            grant_check(person=person, wish=wish)
        except AccountsError as error:
            form.add_error(None, error.message)
        else:
            return access_change_confirm(request, person, _making(person, wish))
    context = {"title": f"A grant for {person.name}", "person": person, "form": form}
    return page_render(request, "accounts/grant_new.html", context)


@console_page(Permission.PEOPLE_MANAGE)
def grant_over(request: ConsoleRequest, person_id: int, grant_id: int) -> HttpResponse:
    """Say what ends; with a code, end it."""
    person = person_get(person_id=person_id)
    grant = person.grants.filter(pk=grant_id).first()
    if grant is None or not grant.is_live(clock.now()):
        raise Http404
    return access_change_confirm(
        request,
        person,
        AccessChange(
            title="End this grant?",
            sentences=(
                f"It lets {person.name} {grant.words} on {grant.place}. It ends at once.",
                "What a role or another grant gives them stays.",
            ),
            operation=lambda: grant_end_operation(grant=grant),
            perform=lambda authority: grant_end(grant=grant, authority=authority),
            done="The grant is ended.",
            is_danger=True,
        ),
    )


@console_page(Permission.PEOPLE_MANAGE)
def engagement_new(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """A form for an engagement; filled in, say what it shows, and with a code, agree on it."""
    person = person_get(person_id=person_id)
    form = EngagementForm(request.GET or None)
    if form.is_valid():
        wish = form.wish()
        try:
            engagement_possible(person=person, wish=wish)
        except AccountsError as error:
            form.add_error(None, error.message)
        else:
            return access_change_confirm(request, person, _agreeing(person, wish))
    context = {"title": f"An engagement for {person.name}", "person": person, "form": form}
    return page_render(request, "accounts/engagement_new.html", context)


@console_page(Permission.PEOPLE_MANAGE)
def engagement_over(request: ConsoleRequest, person_id: int, engagement_id: int) -> HttpResponse:
    """Say what ends; with a code, end it before its time."""
    person = person_get(person_id=person_id)
    engagement = person.engagements.filter(pk=engagement_id).first()
    if engagement is None or engagement.is_over(clock.now()):
        raise Http404
    return access_change_confirm(
        request,
        person,
        AccessChange(
            title=f"End the engagement of {person.name}?",
            sentences=(f"They see nothing of {reports_in_words(engagement.reports)} any more, at once.",),
            operation=lambda: engagement_end_operation(engagement=engagement),
            perform=lambda authority: engagement_end(engagement=engagement, authority=authority),
            done="The engagement is ended.",
            is_danger=True,
        ),
    )


def _making(person: User, wish: GrantWish) -> AccessChange:
    ends = timezone.localtime(wish.expires_at) if wish.expires_at else None
    until = f"until {date_format(ends, 'j M Y, H:i')}" if ends else "until somebody ends it"
    return AccessChange(
        title=f"Make this grant to {person.name}?",
        sentences=(
            f"They may {PERMISSION_WORDS[wish.permission]} on {wish.place}, {until}.",
            f"The reason: {wish.reason}",
            f"With it they see the pages of {wish.place}, and no other app.",
        ),
        operation=lambda: grant_make_operation(person=person, wish=wish),
        perform=lambda authority: grant_make(person=person, wish=wish, authority=authority),
        done="The grant is made.",
    )


def _agreeing(person: User, wish: EngagementWish) -> AccessChange:
    first, last = (
        date_format(timezone.localtime(moment), "j M Y, H:i") for moment in (wish.starts_at, wish.ends_at)
    )
    return AccessChange(
        title=f"Engage {person.name} as external auditor?",
        sentences=(
            f"They may read {reports_in_words(wish.reports)}, from {first} to {last}.",
            "They change nothing and see nothing else; after that time they see nothing at all.",
        ),
        operation=lambda: engagement_agree_operation(person=person, wish=wish),
        perform=lambda authority: engagement_agree(person=person, wish=wish, authority=authority),
        done=f"{person.name} is engaged.",
    )
