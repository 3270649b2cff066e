"""Console pages about people and roles. People are created here; their changes come with their own issue."""

import segno
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.views.decorators.debug import sensitive_variables

from accounts.domain.roles import PERMISSION_WORDS, Permission, Role
from accounts.domain.totp import seed_text, seed_uri
from accounts.errors import AccountsError
from accounts.forms import PersonForm
from accounts.models import RoleGroup, User
from accounts.services.people import Enrolment, person_enrol
from releaseconsole.admin_base import ReadOnlyModelAdmin

_PEOPLE_MANAGE = f"accounts.{Permission.PEOPLE_MANAGE.value}"


def _pills(names: list[str]) -> str:
    pills = format_html_join(" ", '<span class="rc-pill">{}</span>', ((name,) for name in names))
    return format_html('<span class="rc-pill-list">{}</span>', pills) if pills else "none"


@admin.register(User)
class PersonAdmin(ReadOnlyModelAdmin):
    view_permission = _PEOPLE_MANAGE
    list_display = ("name", "email", "roles", "is_active", "signed_in")
    list_filter = ("groups", "is_active")
    search_fields = ("name", "email")
    fields = ("name", "email", "roles", "access", "is_active", "time_zone", "created_at", "signed_in")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request).prefetch_related("groups")
        return people

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]  # narrower than the base's
        return request.user.has_perm(_PEOPLE_MANAGE)

    @admin.display(description="Roles")
    def roles(self, person: User) -> str:
        return _pills([group.name.replace("_", " ") for group in person.groups.all()])

    @admin.display(description="Access")
    def access(self, person: User) -> str:
        link = reverse("accounts:person-access", args=[person.pk])
        return format_html('<a class="rc-button rc-button-small" href="{}">Roles and grants</a>', link)

    @admin.display(description="Signed in last", ordering="last_login")
    def signed_in(self, person: User) -> str:
        return (
            date_format(timezone.localtime(person.last_login), "DATETIME_FORMAT")
            if person.last_login
            else "never"
        )

    def add_view(self, request: HttpRequest, *_django: object, **_passes: object) -> HttpResponse:
        """A form; then, once, what the new person signs in with.

        Raises:
            PermissionDenied: No role of theirs lets them manage people.
        """
        if not self.has_add_permission(request) or not isinstance(request.user, User):
            raise PermissionDenied
        form = PersonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self._enrolled(request, person_enrol(**form.cleaned_data, actor=request.user.actor))
            except AccountsError as error:
                form.add_error(None, error.message)
        return self._page(request, "accounts/person_new.html", title="New person", form=form)

    @sensitive_variables()
    def _enrolled(self, request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
        uri = seed_uri(enrolment.seed, email=enrolment.user.email, issuer=settings.OTP_TOTP_ISSUER)
        return self._page(
            request,
            "accounts/person_enrolled.html",
            title=f"{enrolment.user.name} can sign in",
            enrolment=enrolment,
            seed_text=seed_text(enrolment.seed),
            qr_code=segno.make(uri, error="m").svg_data_uri(scale=4, border=2, light="#fff"),
        )

    def _page(self, request: HttpRequest, template: str, **context: object) -> HttpResponse:
        return render(request, template, {**self.admin_site.each_context(request), **context})


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
