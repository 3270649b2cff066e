"""The console's admin site: nobody gets in on one factor, and everybody sees only what a role opens."""

from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse

from accounts.views import sign_in
from releaseconsole.admin_base import UnfoldAdminSite, start_page_cards
from releaseconsole.navigation import navigation

# Django's page for one's own password would change it unrecorded; the theme's search isn't used.
_DROPPED_PAGES = frozenset({"password_change", "password_change_done", "search"})


class ConsoleSite(UnfoldAdminSite):
    """The site that all console pages hang on."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in who is signed in with a password and a one-time code; roles decide about each page."""
        # OTPMiddleware adds `is_verified`; without it nobody is.
        is_verified = getattr(request.user, "is_verified", None)
        return request.user.is_active and callable(is_verified) and bool(is_verified())

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Leave out the pages that the console doesn't offer."""
        return [url for url in super().get_urls() if getattr(url, "name", None) not in _DROPPED_PAGES]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Offer what this person may open."""
        return navigation(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The start page: what the apps have to say."""
        context = {"title": "Start", "cards": start_page_cards(request), **(extra_context or {})}
        page: TemplateResponse = super().index(request, context)
        return page

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:  # noqa: ARG002 (Django's signature)
        """The sign-in page; who is in already goes on."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        return sign_in.sign_in_page(request, next_field=REDIRECT_FIELD_NAME)

    def logout(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:  # noqa: ARG002 (Django's signature)
        """Sign out, on record, and back to the sign-in page."""
        return sign_in.sign_out(request)
