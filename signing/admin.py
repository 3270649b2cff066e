"""The console's page of keys: to look at, with `key_view`; nothing is changed and nothing sealed is shown."""

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.domain.roles import Permission
from releaseconsole.admin_base import ReadOnlyModelAdmin
from signing.models import SigningKey

_BACKEND_NAMES = {"local": "This console's database, sealed under the KEK"}


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyModelAdmin):
    view_permission = f"accounts.{Permission.KEY_VIEW.value}"
    list_display = ("owner", "purpose", "algorithm", "state", "kid", "lives_in", "activated_at")
    list_filter = ("purpose", "state", "algorithm")
    search_fields = ("app_id", "kid")
    fields = (
        "owner",
        "purpose",
        "algorithm",
        "state",
        "kid",
        "lives_in",
        "created_at",
        "activated_at",
        "public_key",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[SigningKey]:
        # What wasn't read can't be shown by mistake.
        keys: QuerySet[SigningKey] = super().get_queryset(request).defer("sealed_private")
        return keys

    @admin.display(description="App", ordering="app_id")
    def owner(self, key: SigningKey) -> str:
        return key.app_id or "The console itself"

    @admin.display(description="Private half lives in")
    def lives_in(self, key: SigningKey) -> str:
        return _BACKEND_NAMES.get(key.backend, key.backend)

    @admin.display(description="Public key (JWK)")
    def public_key(self, key: SigningKey) -> str:
        if key.public_jwk is None:
            return "None: a symmetric key, known to this server only"
        return format_html("<pre><code>{}</code></pre>", json.dumps(key.public_jwk, indent=2))
