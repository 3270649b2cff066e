"""What happened, in words: how pages write an action after the name of who did it."""

from collections.abc import Mapping
from typing import Any, Final

from compliance.ledger.domain.events import Action, Outcome

_DONE: Final[dict[Action, str]] = {
    Action.SETUP_LINK_ISSUED: "made a set-up link",
    Action.SETUP_COMPLETED: "set up the console",
    Action.POLICY_CHOSEN: "chose the policy",
    Action.POLICY_CHANGED: "changed the policy",
    Action.PERSON_CREATED: "created a person",
    Action.PERSON_DEPROVISIONED: "ended the access of somebody whom the identity provider gave up",
    Action.PERSON_INVITED: "invited somebody, or took an invite",
    Action.PERSON_DEACTIVATED: "deactivated a person",
    Action.PERSON_REACTIVATED: "reactivated a person",
    Action.PASSWORD_CHANGED: "changed a password",
    Action.PASSWORD_RESET_REQUESTED: "asked for a new password",
    Action.ROLE_GRANTED: "gave somebody a role",
    Action.ROLE_REVOKED: "took a role from somebody",
    Action.GRANT_MADE: "gave somebody access",
    Action.GRANT_ENDED: "ended somebody's access",
    Action.AUTHENTICATOR_ADDED: "added an authenticator",
    Action.AUTHENTICATOR_SUSPECTED: "disabled a security key that may be a copy",
    Action.AUTHENTICATOR_RENAMED: "renamed an authenticator",
    Action.AUTHENTICATOR_REMOVED: "removed an authenticator",
    Action.RECOVERY_CODES_MADE: "made new recovery codes",
    Action.RECOVERY_CODE_USED: "used a recovery code",
    Action.PERSON_RECOVERED: "let somebody in anew who had lost everything",
    Action.PERSON_RECOVERED_AT_HOST: "let an administrator in anew from the host",
    Action.IDENTITY_LINKED: "linked an account at the identity provider",
    Action.IDENTITY_UNLINKED: "removed a link to the identity provider",
    Action.SIGNED_IN: "signed in",
    Action.SIGN_IN_REFUSED: "tried to sign in",
    Action.SIGNED_OUT: "signed out",
    Action.SESSION_ENDED: "ended a session",
    Action.API_TOKEN_ISSUED: "made an API token",
    Action.API_TOKEN_REVOKED: "revoked an API token",
    Action.PUBLISHER_REGISTERED: "registered a trusted publisher",
    Action.PUBLISHER_REMOVED: "removed a trusted publisher",
    Action.PUBLISHER_ADMITTED: "let a job of a CI publish",
    Action.PUBLISHER_REFUSED: "turned a job of a CI away",
    Action.ACCESS_DENIED: "tried to open what they may not",
    Action.ACCESS_EXPORTED: "exported who may do what",
    Action.STEP_UP_PROVED: "confirmed an operation",
    Action.STEP_UP_REFUSED: "tried to confirm an operation",
    Action.APPROVAL_REQUESTED: "asked for an approval",
    Action.APPROVAL_GIVEN: "approved a request",
    Action.APPROVAL_REJECTED: "rejected a request",
    Action.APPROVAL_WITHDRAWN: "withdrew a request",
    Action.APPROVAL_EXPIRED: "let a request expire",
    Action.APPROVAL_FAILED: "approved a request",
    Action.BREAK_GLASS_USED: "broke the glass",
    Action.BREAK_GLASS_REVIEWED: "closed the review of broken glass",
    Action.BOOTSTRAP_APPOINTED: "appointed a custodian alone",
    Action.BOOTSTRAP_REVIEWED: "closed the review of an appointment",
    Action.KEY_CREATED: "made a signing key",
    Action.KEY_ACTIVATED: "activated a signing key",
    Action.KEY_PUBLISHED: "published a signing key",
    Action.KEY_DEACTIVATED: "ended a signing key's signing",
    Action.KEY_RETIRED: "retired a signing key",
    Action.KEY_SUSPENDED: "suspended a signing key",
    Action.KEY_RESUMED: "resumed a signing key",
    Action.KEY_REVOKED: "revoked a signing key",
    Action.KEY_DESTROYED: "destroyed a signing key",
    Action.KEY_MATERIAL_DESTROYED: "destroyed a signing key's private half",
    Action.KEY_IMPORTED: "imported a signing key",
    Action.KEY_ROTATION_REQUESTED: "asked for a key rotation",
    Action.KEY_REWRAPPED: "sealed a signing key anew",
    Action.KEY_FAILED: "gave up on a signing key",
    Action.ROOT_REGISTERED: "registered a root key",
    Action.ROOT_ROTATED: "rotated a root key",
    Action.DELEGATION_SIGNED: "signed a delegation",
    Action.DELEGATION_EXPORTED: "exported a delegation to be signed",
    Action.DELEGATION_IMPORTED: "imported a signed delegation",
    Action.TRUST_SIGNED: "signed a trust bundle",
    Action.PROFILE_CHANGED: "changed a token profile",
    Action.CLAIM_DEFINED: "defined a claim",
    Action.CLAIM_REMOVED: "removed a claim",
    Action.RECIPIENT_REGISTERED: "registered an encryption key",
    Action.RECIPIENT_REMOVED: "removed an encryption key",
    Action.TOKEN_ISSUED: "had a token issued",
    Action.TOKEN_REFUSED: "asked for a token that was refused",
    Action.BACKEND_SECRET_HANDED_OUT: "took out a back end's secret",
    Action.APP_CREATED: "created an app",
    Action.CHANNEL_CREATED: "created a channel",
    Action.CHANNEL_CHANGED: "changed a channel",
    Action.CHANNEL_MEMBER_ADDED: "added a device to a channel",
    Action.CHANNEL_MEMBER_REMOVED: "removed a device from a channel",
    Action.BUNDLE_UPLOADED: "uploaded a bundle",
    Action.BUNDLE_REFUSED: "uploaded a bundle that was refused",
    Action.RELEASE_PUBLISHED: "published a release",
    Action.RELEASE_ROLLOUT_CHANGED: "changed a rollout",
    Action.RELEASE_ROLLED_BACK: "rolled back a release",
}


def phrase(action: str, outcome: str) -> str:
    """Write an action of the log; one that this version doesn't know stays as it's spelled."""
    try:
        words = _DONE[Action(action)]
    except ValueError:
        return action
    return f"{words} (failed)" if outcome == Outcome.FAILED.value else words


def particulars(detail: Mapping[str, Any]) -> str:
    """Name what tells like events apart: a role, a version and its channel, what was taken back."""
    taken_back = " and ".join(release["version"] for release in detail.get("rolled_back", ()))
    named = str(detail.get("role") or detail.get("permission") or "").replace("_", " ")
    version = str(detail.get("version") or taken_back)
    where = f"on {detail['channel']}" if version and "channel" in detail else ""
    return " ".join(filter(None, (named, version, where)))
