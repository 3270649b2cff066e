"""The front door of updates: everything that changes apps, channels, bundles and releases.

But for what people confirm with a fresh proof: `shutoff_lifting` and `sign_off_weakening` are entered apart,
so that the management API, which enters here, can't reach it.
"""

from updates.services.app_settings import app_change, app_keeping_change, custom_id_keys
from updates.services.apps import app_create
from updates.services.bundles import (
    CheckedUpload,
    bundle_add,
    bundle_check,
    bundle_refusal_record,
    bundle_upload,
)
from updates.services.channel_members import channel_member_add, channel_member_remove
from updates.services.channels import channel_change, channel_create, channel_pause, channel_resume
from updates.services.decision_table import decision_table_touch
from updates.services.freezes import freeze_add, freeze_remove
from updates.services.guard import guard_watch
from updates.services.native_builds import native_build_register, native_build_remove
from updates.services.releases import (
    receipts_take,
    release_advance,
    release_change,
    release_discard,
    release_draft,
    release_halt,
    release_pause,
    release_plan_set,
    release_promote,
    release_publish,
    release_resume,
    release_rollout_set,
    release_submit,
    rollouts_step,
    scheduled_publish,
)
from updates.services.rollback import channel_roll_back, release_roll_back
from updates.services.shutoffs import app_shut_off, channel_shut_off
from updates.services.sign_off_requirements import sign_offs_require
from updates.services.taking_back import Rollback
from updates.services.withdrawal import Withdrawal, bundle_withdraw

__all__ = [
    "CheckedUpload",
    "Rollback",
    "Withdrawal",
    "app_change",
    "app_create",
    "app_keeping_change",
    "app_shut_off",
    "bundle_add",
    "bundle_check",
    "bundle_refusal_record",
    "bundle_upload",
    "bundle_withdraw",
    "channel_change",
    "channel_create",
    "channel_member_add",
    "channel_member_remove",
    "channel_pause",
    "channel_resume",
    "channel_roll_back",
    "channel_shut_off",
    "custom_id_keys",
    "decision_table_touch",
    "freeze_add",
    "freeze_remove",
    "guard_watch",
    "native_build_register",
    "native_build_remove",
    "receipts_take",
    "release_advance",
    "release_change",
    "release_discard",
    "release_draft",
    "release_halt",
    "release_pause",
    "release_plan_set",
    "release_promote",
    "release_publish",
    "release_resume",
    "release_roll_back",
    "release_rollout_set",
    "release_submit",
    "rollouts_step",
    "scheduled_publish",
    "sign_offs_require",
]
