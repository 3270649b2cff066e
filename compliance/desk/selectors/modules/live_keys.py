"""Algorithms of the console's own keys, those that sign or that something is still verified with."""

from typing import Final

from django.db.models import Count

from signing.models import SigningKey

_LIVE: Final = ("prepublished", "active", "verify_only", "suspended")


def keys_by_algorithm() -> dict[str, int]:
    """Count the keys in use by their algorithm."""
    rows = SigningKey.objects.filter(state__in=_LIVE).order_by().values_list("algorithm")
    return dict(rows.annotate(keys=Count("pk")))
