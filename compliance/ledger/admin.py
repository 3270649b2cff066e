"""The audit log, to read: filters, search, and every event in full."""

import json

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from compliance.ledger.domain.events import Actor, ActorKind
from compliance.ledger.domain.phrases import particulars, phrase
from compliance.ledger.models import AuditEvent
from compliance.ledger.selectors import actor_names
from releaseconsole.admin_base import ReadOnlyModelAdmin

_TONES = {"done": "good", "denied": "warn", "failed": "bad"}


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyModelAdmin):
    view_permission = "accounts.audit_view"
    list_display = ("when", "who", "did", "subject", "result")
    list_display_links = ("when",)
    list_filter = ("outcome", "actor_kind", "app_id")
    list_per_page = 50
    search_fields = ("actor_id", "app_id", "object_id")
    search_help_text = "Actor, app or object id"
    date_hierarchy = "at"
    show_full_result_count = False  # it would count the whole log for each page
    fields = ("number", "when", "who", "did", "action", "subject", "result", "facts")
    readonly_fields = fields

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        page = super().get_changelist_instance(request)
        self._actors_name(page.result_list)
        return page  # type: ignore[no-any-return]  # the theme's base class has no types

    def get_object(self, *args: object, **kwargs: object) -> AuditEvent | None:
        event: AuditEvent | None = super().get_object(*args, **kwargs)
        if event is not None:
            self._actors_name([event])
        return event

    def _actors_name(self, events: list[AuditEvent]) -> None:
        """Look the names up once for the whole page; rows would ask one by one."""
        names = actor_names(events)
        for event in events:
            event.actor_name = names[Actor(ActorKind(event.actor_kind), event.actor_id)]

    @admin.display(description="When", ordering="number")
    def when(self, event: AuditEvent) -> str:
        return format_html(
            '<time datetime="{}" title="{}">{}</time>',
            event.at.isoformat(timespec="seconds"),
            f"{event.at:%Y-%m-%d %H:%M:%S} UTC",
            f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}",
        )

    @admin.display(description="What happened", ordering="action")
    def did(self, event: AuditEvent) -> str:
        return phrase(event.action, event.outcome)

    @admin.display(description="Outcome", ordering="outcome")
    def result(self, event: AuditEvent) -> str:
        return format_html(
            '<span class="rc-pill rc-pill-{}">{}</span>', _TONES.get(event.outcome, "info"), event.outcome
        )

    @admin.display(description="Who", ordering="actor_kind")
    def who(self, event: AuditEvent) -> str:
        return event.actor_name

    @admin.display(description="About")
    def subject(self, event: AuditEvent) -> str:
        about = f"{event.object_type} {event.object_id}".replace("_", " ").strip()
        parts = filter(None, (event.app_id, about, particulars(event.detail)))
        return format_html('<span class="rc-wrap">{}</span>', ", ".join(parts))

    @admin.display(description="Facts")
    def facts(self, event: AuditEvent) -> str:
        return format_html(
            '<pre class="rc-code">{}</pre>', json.dumps(event.detail, indent=2, sort_keys=True)
        )
