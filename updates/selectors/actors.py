"""Which testers a name means, for the audit log; it shows them by number alone."""

from django.db.models import Q

from updates.models import Tester


def testers_searched(text: str, most: int) -> list[str]:
    """Find testers by a part of their name, or by the beginning of their address."""
    named = Q(name__icontains=text) | Q(email__startswith=text.lower())
    return [str(pk) for pk in Tester.objects.filter(named).order_by("pk").values_list("pk", flat=True)[:most]]
