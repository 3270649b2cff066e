"""Names of people and API tokens, and whom a name means, for the audit log, which keeps ids only."""

from collections.abc import Collection

from django.db.models import Q

from accounts.models import APIToken, User


def people_names(ids: Collection[str]) -> dict[str, str]:
    """Name people by id; who has been erased is missing."""
    found = User.objects.filter(pk__in=_numbers(ids)).values_list("pk", "name")
    return {str(pk): name for pk, name in found}


def token_names(ids: Collection[str]) -> dict[str, str]:
    """Name API tokens by id."""
    found = APIToken.objects.filter(pk__in=_numbers(ids)).values_list("pk", "name")
    return {str(pk): f"API token {name}" for pk, name in found}


def people_searched(text: str, most: int) -> list[str]:
    """Find people by a part of their name, or by the beginning of their address; by name."""
    named = Q(name__icontains=text) | Q(email__istartswith=text)
    return [
        str(pk)
        for pk in User.objects.filter(named).order_by("name", "pk").values_list("pk", flat=True)[:most]
    ]


def tokens_searched(text: str, most: int) -> list[str]:
    """Find API tokens by a part of their name, newest first."""
    found = APIToken.objects.filter(name__icontains=text).order_by("-pk")
    return [str(pk) for pk in found.values_list("pk", flat=True)[:most]]


def _numbers(ids: Collection[str]) -> list[int]:
    return [int(actor_id) for actor_id in ids if actor_id.isdecimal()]
