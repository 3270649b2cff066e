"""URLs of this floor's part of the management API, below `/api/v1/`."""

from django.urls import path

from accounts.api.publishing import PublisherExchange

urlpatterns = [path("trusted-publishing/exchange", PublisherExchange.as_view())]
