"""Testers: groups and invites by the console's people; joining, devices and leaving by the testers."""

from updates.services.testers.acceptance import Arrival, invite_accept, invite_open
from updates.services.testers.attempts import Attempt, attempt_count
from updates.services.testers.enrolment import (
    Enrolment,
    device_enroll,
    join_code_make,
    tester_device_leave,
    tester_device_switch,
)
from updates.services.testers.feedback import feedback_send
from updates.services.testers.groups import tester_group_change, tester_group_create, tester_group_end
from updates.services.testers.invites import (
    Invited,
    group_link_make,
    invite_resend,
    invite_revoke,
    tester_invite,
)
from updates.services.testers.leaving import (
    tester_deletion_request,
    tester_erase,
    tester_leave,
    tester_remove,
    testers_erase_requested,
)
from updates.services.testers.letters import (
    address_confirm,
    address_confirm_ask,
    come_back,
    come_back_letter,
    mail_choose,
    mail_stop,
    versions_tell,
)
from updates.services.testers.links import LetterPurpose, letter_read
from updates.services.testers.settling import groups_over_settle

__all__ = [
    "Arrival",
    "Attempt",
    "Enrolment",
    "Invited",
    "LetterPurpose",
    "address_confirm",
    "address_confirm_ask",
    "attempt_count",
    "come_back",
    "come_back_letter",
    "device_enroll",
    "feedback_send",
    "group_link_make",
    "groups_over_settle",
    "invite_accept",
    "invite_open",
    "invite_resend",
    "invite_revoke",
    "join_code_make",
    "letter_read",
    "mail_choose",
    "mail_stop",
    "tester_deletion_request",
    "tester_device_leave",
    "tester_device_switch",
    "tester_erase",
    "tester_group_change",
    "tester_group_create",
    "tester_group_end",
    "tester_invite",
    "tester_leave",
    "tester_remove",
    "testers_erase_requested",
    "versions_tell",
]
