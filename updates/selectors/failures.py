"""On which devices versions failed, by their own word, and which of them aren't offered the version again."""

from django.db.models import Exists, OuterRef

from updates.models import BLOCKS, InstallOutcome


def version_fails() -> Exists:
    """Ask, inside a query of releases, whether their version isn't offered to some device any more."""
    return Exists(
        InstallOutcome.objects.filter(BLOCKS, app=OuterRef("app_id"), version=OuterRef("bundle__version"))
    )
