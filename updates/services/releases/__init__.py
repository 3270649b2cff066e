"""The life of a release: drafted, changed, submitted, advanced; then paused, resumed, rolled out."""

from updates.services.releases.drafts import release_change, release_discard, release_draft
from updates.services.releases.promotion import release_promote
from updates.services.releases.receipts import receipts_take
from updates.services.releases.rows import release_move
from updates.services.releases.running import (
    release_halt,
    release_pause,
    release_resume,
    release_rollout_set,
)
from updates.services.releases.schedule import scheduled_publish
from updates.services.releases.steps import release_plan_set, rollouts_step
from updates.services.releases.submission import (
    release_advance,
    release_publish,
    release_submit,
)

__all__ = [
    "receipts_take",
    "release_advance",
    "release_change",
    "release_discard",
    "release_draft",
    "release_halt",
    "release_move",
    "release_pause",
    "release_plan_set",
    "release_promote",
    "release_publish",
    "release_resume",
    "release_rollout_set",
    "release_submit",
    "rollouts_step",
    "scheduled_publish",
]
