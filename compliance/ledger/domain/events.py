"""The vocabulary of the audit log.

Every action is `source:subject:action`, in the past's sense of "this happened". A value is never renamed
or reused: auditors search by it for years.
"""

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """All that can be recorded; grouped by source, one line each."""

    SETUP_LINK_ISSUED = "accounts:setup_link:issue"
    SETUP_COMPLETED = "accounts:console:set_up"
    POLICY_CHOSEN = "accounts:policy:choose"
    POLICY_CHANGED = "accounts:policy:change"
    PERSON_CREATED = "accounts:person:create"
    PERSON_INVITED = "accounts:person:invite"
    PERSON_DEACTIVATED = "accounts:person:deactivate"
    PERSON_REACTIVATED = "accounts:person:reactivate"
    PERSON_DEPROVISIONED = "accounts:person:deprovision"
    ROLE_GRANTED = "accounts:role:grant"
    ROLE_REVOKED = "accounts:role:revoke"
    GRANT_MADE = "accounts:grant:make"
    GRANT_ENDED = "accounts:grant:end"
    PASSWORD_CHANGED = "accounts:password:change"
    PASSWORD_RESET_REQUESTED = "accounts:password:request_reset"
    AUTHENTICATOR_ADDED = "accounts:authenticator:add"
    AUTHENTICATOR_RENAMED = "accounts:authenticator:rename"
    AUTHENTICATOR_REMOVED = "accounts:authenticator:remove"
    AUTHENTICATOR_SUSPECTED = "accounts:authenticator:suspect"
    RECOVERY_CODES_MADE = "accounts:recovery_codes:make"
    RECOVERY_CODE_USED = "accounts:recovery_code:use"
    PERSON_RECOVERED = "accounts:person:recover"
    PERSON_RECOVERED_AT_HOST = "accounts:person:recover_at_host"
    IDENTITY_LINKED = "accounts:identity:link"
    IDENTITY_UNLINKED = "accounts:identity:unlink"
    SIGNED_IN = "accounts:session:open"
    SIGN_IN_REFUSED = "accounts:session:refuse"
    SIGNED_OUT = "accounts:session:close"
    SESSION_ENDED = "accounts:session:end"
    API_TOKEN_ISSUED = "accounts:api_token:issue"
    API_TOKEN_REVOKED = "accounts:api_token:revoke"
    PUBLISHER_REGISTERED = "accounts:publisher:register"
    PUBLISHER_REMOVED = "accounts:publisher:remove"
    PUBLISHER_ADMITTED = "accounts:publisher:admit"
    PUBLISHER_REFUSED = "accounts:publisher:refuse"
    ACCESS_DENIED = "accounts:access:deny"
    ACCESS_EXPORTED = "accounts:access:export"
    STEP_UP_PROVED = "accounts:step_up:prove"
    STEP_UP_REFUSED = "accounts:step_up:refuse"
    APPROVAL_REQUESTED = "accounts:approval:request"
    APPROVAL_GIVEN = "accounts:approval:give"
    APPROVAL_REJECTED = "accounts:approval:reject"
    APPROVAL_WITHDRAWN = "accounts:approval:withdraw"
    APPROVAL_EXPIRED = "accounts:approval:expire"
    APPROVAL_FAILED = "accounts:approval:fail"
    BREAK_GLASS_USED = "accounts:break_glass:use"
    BREAK_GLASS_REVIEWED = "accounts:break_glass:review"
    BOOTSTRAP_APPOINTED = "accounts:bootstrap:appoint"
    BOOTSTRAP_REVIEWED = "accounts:bootstrap:review"

    KEY_CREATED = "signing:key:create"
    KEY_ACTIVATED = "signing:key:activate"
    KEY_PUBLISHED = "signing:key:publish"
    KEY_DEACTIVATED = "signing:key:deactivate"
    KEY_RETIRED = "signing:key:retire"
    KEY_SUSPENDED = "signing:key:suspend"
    KEY_RESUMED = "signing:key:resume"
    KEY_REVOKED = "signing:key:revoke"
    KEY_DESTROYED = "signing:key:destroy"
    KEY_MATERIAL_DESTROYED = "signing:key:destroy_material"
    KEY_IMPORTED = "signing:key:import"
    KEY_ROTATION_REQUESTED = "signing:key:request_rotation"
    KEY_REWRAPPED = "signing:key:rewrap"
    KEY_FAILED = "signing:key:fail"
    ROOT_REGISTERED = "signing:root:register"
    ROOT_ROTATED = "signing:root:rotate"
    DELEGATION_SIGNED = "signing:delegation:sign"
    DELEGATION_EXPORTED = "signing:delegation:export"
    DELEGATION_IMPORTED = "signing:delegation:import"
    TRUST_SIGNED = "signing:trust:sign"
    PROFILE_CHANGED = "signing:profile:change"
    CLAIM_DEFINED = "signing:claim:define"
    CLAIM_REMOVED = "signing:claim:remove"
    RECIPIENT_REGISTERED = "signing:recipient:register"
    RECIPIENT_REMOVED = "signing:recipient:remove"
    TOKEN_ISSUED = "signing:token:issue"
    TOKEN_REFUSED = "signing:token:refuse"
    BACKEND_SECRET_HANDED_OUT = "signing:backend_secret:hand_out"

    APP_CREATED = "updates:app:create"
    CHANNEL_CREATED = "updates:channel:create"
    CHANNEL_CHANGED = "updates:channel:change"
    CHANNEL_MEMBER_ADDED = "updates:channel_member:add"
    CHANNEL_MEMBER_REMOVED = "updates:channel_member:remove"
    BUNDLE_UPLOADED = "updates:bundle:upload"
    BUNDLE_REFUSED = "updates:bundle:refuse"
    RELEASE_PUBLISHED = "updates:release:publish"
    RELEASE_ROLLOUT_CHANGED = "updates:release:rollout"
    RELEASE_ROLLED_BACK = "updates:release:roll_back"


class Outcome(StrEnum):
    """How the action ended."""

    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


class ActorKind(StrEnum):
    """What kind of actor acted."""

    PERSON = "person"
    API_TOKEN = "api_token"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, by id only: names and addresses stay out of the log so that erasing them never touches it."""

    kind: ActorKind
    id: str = ""


SYSTEM = Actor(ActorKind.SYSTEM)
ANONYMOUS = Actor(ActorKind.ANONYMOUS)
