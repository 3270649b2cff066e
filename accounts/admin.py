"""Console pages about people and roles: lists, one person, and inviting somebody."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from accounts.domain.roles import PERMISSION_WORDS, Permission, Role
from accounts.models import RoleGroup, User
from accounts.selectors.second_factors import second_factor_words, with_second_factors
from releaseconsole.admin_base import ReadOnlyModelAdmin

_PEOPLE_MANAGE = f"accounts.{Permission.PEOPLE_MANAGE.value}"


def _pills(names: list[str]) -> str:
    pills = format_html_join(" ", '<span class="rc-pill">{}</span>', ((name,) for name in names))
    return format_html('<span class="rc-pill-list">{}</span>', pills) if pills else "none"


@admin.register(User)
class PersonAdmin(ReadOnlyModelAdmin):
    view_permission = _PEOPLE_MANAGE
    list_display = ("name", "address", "roles", "authenticators", "state", "signed_in")
    list_filter = ("groups", "is_active")
    search_fields = ("name", "email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request).prefetch_related("groups")
        return with_second_factors(people)

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]  # narrower than the base's
        return request.user.has_perm(_PEOPLE_MANAGE)

    @admin.display(description="E-mail", ordering="email")
    def address(self, person: User) -> str:
        return person.email

    @admin.display(description="Roles")
    def roles(self, person: User) -> str:
        return _pills([group.name.replace("_", " ") for group in person.groups.all()])

    @admin.display(description="Authenticators")
    def authenticators(self, person: User) -> str:
        return _pills(second_factor_words(person))

    @admin.display(description="State", ordering="is_active")
    def state(self, person: User) -> str:
        if not person.is_active:
            return "deactivated"
        return "active" if person.last_login or second_factor_words(person) else "invited"

    @admin.display(description="Signed in last", ordering="last_login")
    def signed_in(self, person: User) -> str:
        return (
            date_format(timezone.localtime(person.last_login), "DATETIME_FORMAT")
            if person.last_login
            else "never"
        )

    def change_view(
        self, request: HttpRequest, object_id: str, *_django: object, **_passes: object
    ) -> HttpResponse:
        """One person has a page of its own, with what can be done.

        Raises:
            PermissionDenied: No role of theirs lets them manage people, or something was posted here.
        """
        if not self.has_view_permission(request) or request.method != "GET":
            raise PermissionDenied
        return redirect("accounts:person", object_id)

    def add_view(self, request: HttpRequest, *_django: object, **_passes: object) -> HttpResponse:
        """Nobody is added: people are invited.

        Raises:
            PermissionDenied: No role of theirs lets them manage people.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("accounts:person-invite")


admin.site.unregister(Group)


@admin.register(RoleGroup)
class RoleAdmin(ReadOnlyModelAdmin):
    view_permission = _PEOPLE_MANAGE
    list_display = ("title", "may")
    fields = ("title", "may")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleGroup]:
        groups: QuerySet[RoleGroup] = super().get_queryset(request).prefetch_related("permissions")
        return groups

    @admin.display(description="Role", ordering="name")
    def title(self, role: RoleGroup) -> str:
        return role.name.replace("_", " ").capitalize()

    @admin.display(description="May")
    def may(self, role: RoleGroup) -> str:
        if role.name == Role.EXTERNAL_AUDITOR.value:
            return "read the reports of an engagement, while it lasts"
        return _pills([PERMISSION_WORDS[Permission(each.codename)] for each in role.permissions.all()])
