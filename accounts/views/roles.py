"""Pages: giving somebody a role, and taking it."""

from django.http import Http404, HttpResponse

from accounts.domain.operations import Operation
from accounts.domain.roles import PERMISSION_WORDS, ROLE_PERMISSIONS, Permission, Role
from accounts.selectors.access import person_get
from accounts.services.roles import (
    role_grant,
    role_grant_check,
    role_grant_operation,
    role_revoke,
    role_revoke_check,
    role_revoke_operation,
)
from accounts.views.access_change import AccessChange, access_change_confirm
from accounts.views.pages import ConsoleRequest, console_page


@console_page(Permission.PEOPLE_MANAGE)
def role_give(request: ConsoleRequest, person_id: int, role: str) -> HttpResponse:
    """Say what a role opens; with a code, give it."""
    person, what = person_get(person_id=person_id), _role(role)

    def operation() -> Operation:
        role_grant_check(user=person, role=what)
        return role_grant_operation(user=person, role=what)

    return access_change_confirm(
        request,
        person,
        AccessChange(
            title=f"Give {person.name} the role {what.words}?",
            sentences=(f"On every app, they may then {role_words(what)}.",),
            operation=operation,
            perform=lambda authority: role_grant(user=person, role=what, authority=authority),
            done=f"{person.name} is {what.words} now.",
        ),
    )


@console_page(Permission.PEOPLE_MANAGE)
def role_take(request: ConsoleRequest, person_id: int, role: str) -> HttpResponse:
    """Say what is lost with a role; with a code, take it."""
    person, what = person_get(person_id=person_id), _role(role)

    def operation() -> Operation:
        role_revoke_check(user=person, role=what)
        return role_revoke_operation(user=person, role=what)

    return access_change_confirm(
        request,
        person,
        AccessChange(
            title=f"Take the role {what.words} from {person.name}?",
            sentences=(
                "It acts with their next click, and on the API tokens that they have made.",
                "What another role or a grant gives them stays.",
            ),
            operation=operation,
            perform=lambda authority: role_revoke(user=person, role=what, authority=authority),
            done=f"{person.name} isn't {what.words} any more.",
            is_danger=True,
        ),
    )


def role_words(role: Role) -> str:
    """Write what a role allows, in the table's order."""
    if role is Role.EXTERNAL_AUDITOR:
        return "read the reports of an engagement, while it lasts"
    return ", ".join(PERMISSION_WORDS[each] for each in Permission if each in ROLE_PERMISSIONS[role])


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError as exc:
        raise Http404(name) from exc
