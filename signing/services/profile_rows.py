"""Rows of token profiles: locked for a change, and for whatever must not cross one."""

from signing.models import TokenProfile
from signing.selectors import profile_get


def profile_lock(*, app_id: str) -> TokenProfile:
    """Keep a profile, its claims and its readers' keys as they are until the transaction ends, and read it.

    Whoever changes any of them comes through here; so does whoever acts on what they say. SQLite's
    transactions are IMMEDIATE, so there the whole database is locked already.

    Raises:
        NotFoundError: There's no such app.
    """
    # Looked for first: who asks for an app that isn't there waits for nobody.
    profile = profile_get(app_id=app_id)
    return TokenProfile.objects.select_for_update(no_key=True).get(pk=profile.pk)
