"""Which facts an event only commits to: whatever may be about a person, and whatever somebody typed."""

from collections.abc import Mapping
from typing import Any, Final

# By name, at any depth. A fact under one of these names rests beside the event, where it can be erased
# without touching any proof; the event itself holds a salted digest of it.
COMMITTED: Final = frozenset({
    # Who somebody is, and by what they are known.
    "address",
    "custom_id",
    "device_id",
    "email",
    "ip",
    "name",
    "os_user",
    "user_agent",
    # What somebody typed, or another machine said.
    "about",
    "asked_app",
    "asked_version",
    "failure",
    "filter",
    "note",
    "notes",
    "query",
    "reason",
    "recipient",
    # Where somebody was in the console, and where it calls: addresses hold ids of devices and names of hosts.
    "host",
    "path",
    # An account at a CI is often one person's; branches and their files are named after people.
    "ci_config_ref_uri",
    "environment",
    "job_workflow_ref",
    "namespace_id",
    "owner_id",
    "project_id",
    "project_path",
    "ref",
    "ref_path",
    "repository",
    "repository_id",
    "repository_owner_id",
    "workflow",
    "workflow_ref",
    # The digest of what holds one of the above: whoever guesses an address can try the guess on it.
    "personal_digest",
})


def holds_committed(facts: Any) -> bool:
    """Tell whether something in these facts, at any depth, is only committed to."""
    if isinstance(facts, Mapping):
        return any(
            (name in COMMITTED and inner not in ("", None)) or holds_committed(inner)
            for name, inner in facts.items()
        )
    return isinstance(facts, (list, tuple)) and any(holds_committed(inner) for inner in facts)
