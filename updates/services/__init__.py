"""The front door of updates: everything that changes apps, channels, bundles and releases.

But for what people confirm with a fresh proof: `shutoff_lifting` and `sign_off_weakening` are entered apart,
so that the management API, which enters here, can't reach it.
"""

from updates.services.app_settings import app_change
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
from updates.services.releases import release_publish, release_rollout_set
from updates.services.rollback import Rollback, channel_roll_back
from updates.services.shutoffs import app_shut_off, channel_shut_off
from updates.services.sign_off_requirements import sign_offs_require

__all__ = [
    "CheckedUpload",
    "Rollback",
    "app_change",
    "app_create",
    "app_shut_off",
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
    "channel_shut_off",
    "decision_table_touch",
    "freeze_add",
    "freeze_remove",
    "release_publish",
    "release_rollout_set",
    "sign_offs_require",
]
