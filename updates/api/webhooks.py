"""`apps/{app_id}/webhooks` and what is below."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from updates.api.idempotency import answer_once
from updates.api.pagination import NewestFirstPagination, WebhookPagination
from updates.api.schema import IDEMPOTENCY_KEY
from updates.api.scope import AppView
from updates.domain.webhooks.events import EVENTS
from updates.models import WebhookDelivery, WebhookEndpoint
from updates.selectors.webhooks import deliveries_of, delivery_get, webhook_get, webhooks_of
from updates.services.webhooks import (
    delivery_replay,
    webhook_add,
    webhook_change,
    webhook_remove,
    webhook_secret_rotate,
    webhook_switch,
    webhook_test,
)

_MANAGE = Permission.CHANNEL_MANAGE


class WebhookOut(serializers.ModelSerializer[WebhookEndpoint]):
    """A webhook."""

    events = serializers.ListField(child=serializers.CharField(), help_text="Empty: all.")
    on = serializers.SerializerMethodField()

    class Meta:
        model = WebhookEndpoint
        fields = ["id", "url", "description", "events", "on", "disabled_at", "failing_since", "created_at"]
        read_only_fields = fields

    def get_on(self, endpoint: WebhookEndpoint) -> bool:
        """Whether it's told anything."""
        return endpoint.disabled_at is None


class WebhookSecretOut(serializers.Serializer[Any]):
    """A webhook's secret, this once."""

    id = serializers.IntegerField()
    secret = serializers.CharField(help_text="As libraries of Standard Webhooks take it. Shown once.")


class DeliveryOut(serializers.ModelSerializer[WebhookDelivery]):
    """A message to a webhook."""

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "message_id",
            "event",
            "created_at",
            "attempts",
            "due_at",
            "delivered_at",
            "given_up_at",
            "last_status",
            "last_error",
        ]
        read_only_fields = fields


class WebhookIn(serializers.Serializer[Any]):
    """A new webhook."""

    url = serializers.CharField(max_length=500, help_text="An https address at a public host.")
    description = serializers.CharField(max_length=200, default="", allow_blank=True)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=list(EVENTS.values())), default=list, help_text="Empty: all."
    )


class WebhookChangeIn(serializers.Serializer[Any]):
    """What is to be changed; the rest stays."""

    url = serializers.CharField(max_length=500, required=False)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=list(EVENTS.values())), required=False
    )


class WebhookSwitchIn(serializers.Serializer[Any]):
    """On or off."""

    on = serializers.BooleanField(help_text="While it's off, nothing is kept for it.")


class WebhookSecretIn(serializers.Serializer[Any]):
    """Why a secret is changed."""

    has_leaked = serializers.BooleanField(
        default=False, help_text="The earlier one signs no more; else it signs as well for a day."
    )


class WebhookList(AppView):
    """The webhooks of an app."""

    serializer_class = WebhookOut
    pagination_class = WebhookPagination
    queryset: QuerySet[WebhookEndpoint] = WebhookEndpoint.objects.none()
    permissions = {"GET": _MANAGE, "POST": _MANAGE}

    @operation("webhooks_list", ok={200: WebhookOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the webhooks of an app."""
        return self.listing(webhooks_of(app=self.app))

    @operation("webhook_add", ok={201: WebhookSecretOut}, request=WebhookIn)
    def post(self, request: Request, **_: Any) -> Response:
        """Add a webhook; its secret is in the answer, and never again anywhere."""
        asked, token = self.cleaned(request, WebhookIn), token_of(request)
        endpoint, secret = webhook_add(app=self.app, actor=token.actor, person=token.created_by, **asked)
        return _with_secret(endpoint, secret, status=201)


class WebhookView(AppView):
    """A view on one webhook."""

    @property
    def endpoint(self) -> WebhookEndpoint:
        """The webhook that the URL names."""
        return webhook_get(app=self.app, webhook_id=self.kwargs["webhook_id"])


class WebhookDetail(WebhookView):
    """One webhook."""

    http_method_names = ["get", "head", "patch", "delete"]
    serializer_class = WebhookOut
    permissions = {"GET": _MANAGE, "PATCH": _MANAGE, "DELETE": _MANAGE}

    @operation("webhook_read", ok={200: WebhookOut})
    def get(self, _request: Request, **_: Any) -> Response:
        """Read a webhook."""
        return Response(WebhookOut(self.endpoint).data)

    @operation("webhook_change", ok={200: WebhookOut}, request=WebhookChangeIn)
    def patch(self, request: Request, **_: Any) -> Response:
        """Change a webhook."""
        asked = self.cleaned(request, WebhookChangeIn)
        found = webhook_change(endpoint=self.endpoint, actor=token_of(request).actor, **asked)
        return Response(WebhookOut(found).data)

    @operation("webhook_remove", ok={204: None})
    def delete(self, request: Request, **_: Any) -> Response:
        """Remove a webhook with its secret and the log of its messages."""
        webhook_remove(endpoint=self.endpoint, actor=token_of(request).actor)
        return Response(status=204)


class WebhookSwitch(WebhookView):
    """Whether a webhook is told anything."""

    serializer_class = WebhookOut
    permissions = {"POST": _MANAGE}

    @operation("webhook_switch", ok={200: WebhookOut}, request=WebhookSwitchIn, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Turn a webhook on or off."""
        asked, found, actor = self.cleaned(request, WebhookSwitchIn), self.endpoint, token_of(request).actor

        def act() -> tuple[int, Any]:
            return 200, WebhookOut(webhook_switch(endpoint=found, actor=actor, **asked)).data

        return answer_once(request, app=self.app, asked=asked, act=act)


class WebhookSecret(WebhookView):
    """The secret of a webhook."""

    serializer_class = WebhookSecretOut
    permissions = {"POST": _MANAGE}

    @operation("webhook_secret_rotate", ok={200: WebhookSecretOut}, request=WebhookSecretIn)
    def post(self, request: Request, **_: Any) -> Response:
        """Change the secret; the new one is in the answer, and never again anywhere."""
        asked, found = self.cleaned(request, WebhookSecretIn), self.endpoint
        secret = webhook_secret_rotate(endpoint=found, actor=token_of(request).actor, **asked)
        return _with_secret(found, secret, status=200)


class WebhookTest(WebhookView):
    """A message that tells of nothing."""

    serializer_class = DeliveryOut
    permissions = {"POST": _MANAGE}

    @operation("webhook_test", ok={202: DeliveryOut}, request=None, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Have a test message sent."""
        found, actor = self.endpoint, token_of(request).actor

        def act() -> tuple[int, Any]:
            return 202, DeliveryOut(webhook_test(endpoint=found, actor=actor)).data

        return answer_once(request, app=self.app, asked={}, act=act)


class DeliveryList(WebhookView):
    """The messages to a webhook."""

    serializer_class = DeliveryOut
    pagination_class = NewestFirstPagination
    queryset: QuerySet[WebhookDelivery] = WebhookDelivery.objects.none()
    permissions = {"GET": _MANAGE}

    @operation("webhook_deliveries_list", ok={200: DeliveryOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the messages to a webhook, newest first."""
        return self.listing(deliveries_of(endpoint=self.endpoint))


class DeliveryReplay(WebhookView):
    """One message, again."""

    serializer_class = DeliveryOut
    permissions = {"POST": _MANAGE}

    @operation("webhook_delivery_replay", ok={202: DeliveryOut}, request=None, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Send a message again, under its id."""
        found = delivery_get(endpoint=self.endpoint, delivery_id=self.kwargs["delivery_id"])
        actor = token_of(request).actor

        def act() -> tuple[int, Any]:
            return 202, DeliveryOut(delivery_replay(delivery=found, actor=actor)).data

        return answer_once(request, app=self.app, asked={}, act=act)


def _with_secret(endpoint: WebhookEndpoint, secret: str, *, status: int) -> Response:
    body = WebhookSecretOut({"id": endpoint.pk, "secret": secret}).data
    return Response(body, status=status, headers={"Cache-Control": "no-store"})
