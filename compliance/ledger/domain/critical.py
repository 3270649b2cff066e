"""Actions that wait until the log has taken them under a signed checkpoint."""

from typing import Final

from compliance.ledger.domain.events import Action

# What makes something live, or takes something out for good. What makes things safer (rollback, shutoff,
# suspending, revoking) isn't here: it never waits, its receipt follows with the next checkpoint.
CRITICAL: Final = frozenset({
    Action.RELEASE_PUBLISHED,
    Action.RELEASE_SIGNED_OFF,
    Action.RELEASE_RESUMED,
    Action.APP_SHUTOFF_LIFTED,
    Action.CHANNEL_SHUTOFF_LIFTED,
    Action.SIGN_OFF_RULES_CHANGED,
    Action.APPROVAL_GIVEN,
    Action.BREAK_GLASS_USED,
    Action.BOOTSTRAP_APPOINTED,
    Action.POLICY_CHANGED,
    Action.PHI_LOWERED,
    Action.KEY_ACTIVATED,
    Action.KEY_IMPORTED,
    # It may lower a guard: that an app handles PHI, or encrypts what is personal.
    Action.PROFILE_CHANGED,
    Action.ROOT_REGISTERED,
    Action.ROOT_ROTATED,
    Action.DELEGATION_IMPORTED,
    Action.ACCESS_EXPORTED,
    Action.TESTER_ERASED,
    Action.EXPORT_MADE,
    Action.DISCLOSURES_ERASED,
    Action.ERASURE_COMPLETED,
    Action.CONTENT_EXPIRED,
    Action.HOLD_LIFTED,
    Action.LOG_RESTARTED,
})
