"""Release notes on pages."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from updates.domain.notes import notes_html

register = template.Library()


@register.filter
def notes(text: str) -> SafeString:
    """Show Markdown; `updates.domain.notes` lets nothing through but its own tags."""
    return mark_safe(notes_html(text))  # noqa: S308 (escaped there, tested there)
