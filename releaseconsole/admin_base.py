"""What apps build console pages on: the theme's classes, and the start page's places for cards.

The only module that imports the admin theme, so that the theme stays replaceable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.sites import UnfoldAdminSite

__all__ = [
    "ModelAdmin",
    "ReadOnlyModelAdmin",
    "StartPageCard",
    "StartPageSource",
    "TabularInline",
    "UnfoldAdminSite",
    "start_page_cards",
    "start_page_register",
]


class ReadOnlyModelAdmin(ModelAdmin):
    """Lists and shows rows to people with `view_permission`; changes go through services and their pages."""

    view_permission: ClassVar[str]
    actions = None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Narrow lists by what they offer only.

        Django lets the query string filter by any column of the model: `?password__startswith=` would spell
        out password hashes, letter by letter, to whoever sees the list.
        """
        offered = {*self.get_list_filter(request), self.date_hierarchy}
        column = lookup.partition("__")[0]
        return column in offered and bool(super().lookup_allowed(lookup, value, request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the person sees this at all."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's signature)
        """Whether a role of theirs opens it."""
        return request.user.has_perm(self.view_permission)

    def has_add_permission(self, *_whatever: object) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, *_whatever: object) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, *_whatever: object) -> bool:
        """Nobody deletes here."""
        return False


@dataclass(frozen=True, slots=True)
class StartPageCard:
    """One part of the start page; lower `order` stands higher."""

    order: int
    template: str
    context: Mapping[str, Any]


class StartPageSource(Protocol):
    """What an app registers when it starts: the card this person may see now, if any."""

    def __call__(self, request: HttpRequest, /) -> StartPageCard | None:
        """Read what the card shows."""


_sources: Final[list[StartPageSource]] = []


def start_page_register(source: StartPageSource) -> None:
    """Give the start page a card; called from an app's `ready`."""
    if source not in _sources:
        _sources.append(source)


def start_page_cards(request: HttpRequest) -> list[StartPageCard]:
    """Ask every app for its card, and put them in order."""
    cards = (source(request) for source in _sources)
    return sorted((card for card in cards if card is not None), key=lambda card: card.order)
