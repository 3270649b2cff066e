"""The front door of updates: everything that changes apps, channels, bundles and releases."""

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
from updates.services.releases import release_publish, release_rollout_set
from updates.services.rollback import Rollback, channel_roll_back

__all__ = [
    "CheckedUpload",
    "Rollback",
    "app_create",
    "bundle_add",
    "bundle_check",
    "bundle_refusal_record",
    "bundle_upload",
    "channel_change",
    "channel_create",
    "channel_member_add",
    "channel_member_remove",
    "channel_pause",
    "channel_resume",
    "channel_roll_back",
    "decision_table_touch",
    "release_publish",
    "release_rollout_set",
]
