"""What operations of this floor have in common in the OpenAPI document."""

from typing import Final

from drf_spectacular.utils import OpenApiParameter

IDEMPOTENCY_KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Makes a retry safe: the same key and request get the same answer again, for 24 hours.",
)
