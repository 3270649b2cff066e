"""`apps/{app_id}/recipients`: to which keys an app's delicate tokens are encrypted."""

import re
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.pagination import ConsolePagination
from accounts.api.schema import operation
from accounts.api.scope import ScopedView, token_of
from accounts.domain.roles import Permission
from releaseconsole.kernel import clock
from signing.api.serializers import JWKIn, RecipientOut
from signing.models import RecipientKey
from signing.selectors import recipients_of
from signing.services import recipient_register, recipient_remove


class RecipientPagination(ConsolePagination):
    """Last registered first."""

    ordering = "-id"
    position = re.compile(r"[0-9]{1,18}")


class RecipientList(ScopedView):
    """The registered keys of an app."""

    serializer_class = RecipientOut
    pagination_class = RecipientPagination
    queryset: QuerySet[RecipientKey] = RecipientKey.objects.none()
    permissions = {"GET": Permission.TOKEN_ISSUE}

    @operation("recipients_list", ok={200: RecipientOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the registered keys, last registered first; the back end's has an empty `device_id`."""
        return self.listing(recipients_of(app_id=self.app_id))


class _Recipient(ScopedView):
    serializer_class = RecipientOut
    http_method_names = ["put", "delete"]
    permissions = {"PUT": Permission.TOKEN_ISSUE, "DELETE": Permission.TOKEN_ISSUE}

    def _register(self, request: Request, device_id: str) -> Response:
        # As it came: the key's own importer is stricter than any serializer.
        row = recipient_register(
            app_id=self.app_id,
            device_id=device_id,
            jwk=dict(request.data),
            actor=token_of(request).actor,
            now=clock.now(),
        )
        return Response(RecipientOut(row).data)

    def _remove(self, request: Request, device_id: str) -> Response:
        actor = token_of(request).actor
        recipient_remove(app_id=self.app_id, device_id=device_id, actor=actor, now=clock.now())
        return Response(status=204)


class DeviceRecipient(_Recipient):
    """The key of one device."""

    @operation("device_recipient_set", ok={200: RecipientOut}, request=JWKIn)
    def put(self, request: Request, device_id: str, **_: Any) -> Response:
        """Register a device's key, in place of the one it had."""
        return self._register(request, device_id)

    @operation("device_recipient_remove", ok={204: None})
    def delete(self, request: Request, device_id: str, **_: Any) -> Response:
        """Take a device's key out of use: it gets no encrypted token until it has another one."""
        return self._remove(request, device_id)


class BackendRecipient(_Recipient):
    """The key of the app's own back end."""

    # Nothing here replaces or removes it: an API token that was stolen would have the secrets sent elsewhere.
    http_method_names = ["put"]

    @operation("backend_recipient_set", ok={200: RecipientOut}, request=JWKIn)
    def put(self, request: Request, **_: Any) -> Response:
        """Register the back end's key; another one only after a custodian removed this one."""
        return self._register(request, "")
