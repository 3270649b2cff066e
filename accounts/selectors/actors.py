"""Names of people and API tokens, for the audit log, which keeps ids only."""

from collections.abc import Collection

from accounts.models import APIToken, User


def people_names(ids: Collection[str]) -> dict[str, str]:
    """Name people by id; who has been erased is missing."""
    found = User.objects.filter(pk__in=_numbers(ids)).values_list("pk", "name")
    return {str(pk): name for pk, name in found}


def token_names(ids: Collection[str]) -> dict[str, str]:
    """Name API tokens by id."""
    found = APIToken.objects.filter(pk__in=_numbers(ids)).values_list("pk", "name")
    return {str(pk): f"API token {name}" for pk, name in found}


def _numbers(ids: Collection[str]) -> list[int]:
    return [int(actor_id) for actor_id in ids if actor_id.isdecimal()]
