"""What people do to keys. Each takes the authority by which it runs, and uses it up.

There's no other way in: pages and the command line call these, and the API has no way to
make an authority.
"""

from signing.services.operations.importing import key_import, key_import_operation, key_read
from signing.services.operations.lifecycle import (
    KEY_SERVICES,
    key_destroy,
    key_operation_now,
    key_resume,
    key_revoke,
    key_rotate,
    key_suspend,
)
from signing.services.operations.profile import (
    claim_define_confirmed,
    claim_define_operation,
    claim_remove_confirmed,
    claim_remove_operation,
    profile_change_confirmed,
    profile_change_operation,
)
from signing.services.operations.recipients import recipient_remove_confirmed, recipient_remove_operation
from signing.services.operations.root import (
    ceremony_import_confirmed,
    ceremony_import_operation,
    root_register_confirmed,
    root_register_operation,
    root_rotate_confirmed,
    root_rotate_operation,
)

__all__ = [
    "KEY_SERVICES",
    "ceremony_import_confirmed",
    "ceremony_import_operation",
    "claim_define_confirmed",
    "claim_define_operation",
    "claim_remove_confirmed",
    "claim_remove_operation",
    "key_destroy",
    "key_import",
    "key_import_operation",
    "key_operation_now",
    "key_read",
    "key_resume",
    "key_revoke",
    "key_rotate",
    "key_suspend",
    "profile_change_confirmed",
    "profile_change_operation",
    "recipient_remove_confirmed",
    "recipient_remove_operation",
    "root_register_confirmed",
    "root_register_operation",
    "root_rotate_confirmed",
    "root_rotate_operation",
]
