"""What the worker is asked to do, and how often."""

from typing import Any


def _every(seconds: float, task: str, *, expires: float | None = None) -> dict[str, Any]:
    """Ask the worker every so often; what waits for longer than that is asked for again anyway."""
    return {"task": task, "schedule": seconds, "options": {"expires": expires or seconds}}


CELERY_BEAT_SCHEDULE = {
    "updates-drain-telemetry": _every(1, "updates.tasks.telemetry_drain", expires=5),
    "updates-expire-telemetry": _every(86_400, "updates.tasks.telemetry_expire"),
    "updates-forget-devices": _every(86_400, "updates.tasks.devices_forget"),
    "updates-expire-consents": _every(86_400, "updates.tasks.consents_expire"),
    "updates-publish-scheduled": _every(10, "updates.tasks.scheduled_publish"),
    "updates-take-receipts": _every(10, "updates.tasks.receipts_take"),
    "updates-step-rollouts": _every(10, "updates.tasks.rollouts_step"),
    "updates-watch-releases": _every(10, "updates.tasks.guard_watch"),
    "updates-reconcile-failures": _every(30, "updates.tasks.failures_reconcile", expires=30),
    "updates-forget-overrides": _every(3600, "updates.tasks.overrides_forget"),
    "updates-expire-previews": _every(60, "updates.tasks.previews_expire"),
    "updates-make-webhook-messages": _every(5, "updates.tasks.webhook_messages_make"),
    "updates-send-webhooks": _every(5, "updates.tasks.webhooks_send"),
    "updates-forget-webhook-messages": _every(86_400, "updates.tasks.webhook_messages_forget"),
    "updates-retain-bundles": _every(86_400, "updates.tasks.bundles_retain"),
    "signing-reconcile-keys": _every(60, "signing.tasks.reconcile_keys"),
    "accounts-send-letters": _every(10, "accounts.tasks.letters_send"),
    "updates-settle-tester-groups": _every(60, "updates.tasks.tester_groups_settle"),
    "updates-erase-testers": _every(600, "updates.tasks.testers_erase"),
    "updates-tell-testers": _every(60, "updates.tasks.tester_versions_tell"),
    "accounts-expire-approvals": _every(60, "accounts.tasks.approvals_expire"),
    "accounts-check-identities": _every(3600, "accounts.tasks.identities_check"),
    "accounts-answer-resets": _every(10, "accounts.tasks.resets_answer"),
    "accounts-expire-sessions": _every(600, "accounts.tasks.sessions_expire"),
    "accounts-forget-attempts": _every(3600, "accounts.tasks.attempts_forget"),
    "accounts-api-token-notices": _every(3600, "accounts.tasks.api_token_notices"),
    "ledger-sequence-events": _every(2, "ledger.tasks.events_sequence"),
    "ledger-take-checkpoint": _every(60, "ledger.tasks.checkpoint_take"),
    "desk-remind-of-requests": _every(3600, "desk.tasks.requests_remind"),
    "desk-post-letters": _every(10, "desk.tasks.letters_post"),
    "desk-run-erasures": _every(30, "desk.tasks.erasures_run"),
    "desk-forget-leftovers": _every(900, "desk.tasks.leftovers_forget"),
    "desk-purge-requests": _every(86_400, "desk.tasks.requests_purge"),
    "ledger-lay-anchors": _every(60, "ledger.tasks.anchors_lay"),
    "ledger-compare-anchors": _every(86_400, "ledger.tasks.anchors_compare"),
    "ledger-expire-content": _every(86_400, "ledger.tasks.content_expire"),
    "desk-make-exports": _every(3, "desk.tasks.exports_make", expires=10),
    "desk-attend-to-reports": _every(60, "desk.tasks.reports_attend"),
    "desk-remove-exports": _every(3600, "desk.tasks.exports_remove"),
    "desk-tend-duties": _every(3600, "desk.tasks.duties_tend"),
    "desk-measure-phi": _every(86_400, "desk.tasks.phi_measure"),
    # Kept once a day; asked for more often, so that a day isn't missed and a change is seen.
    "desk-measure-modules": _every(3600, "desk.tasks.modules_measure"),
    "ledger-verify": _every(86_400, "ledger.tasks.log_verify"),
    "signing-drain-key-usage": _every(10, "signing.tasks.key_usage_drain"),
}
