"""What people do to an app's root, as operations that a fresh code confirms."""

from enum import StrEnum

from accounts.domain.operations import Operation


class RootOperation(StrEnum):
    """One thing that a person does to a root; named as the audit log names it."""

    ROTATE = "signing:root:rotate"
    REGISTER = "signing:root:register"
    IMPORT_DELEGATION = "signing:delegation:import"
    IMPORT_ROTATION = "signing:root:import_rotation"


def root_operation(what: RootOperation, *, app_id: str, root_kid: str, brought: str = "") -> Operation:
    """Name one operation on the root of an app.

    Args:
        what: What is done.
        app_id: The app.
        root_kid: The root as it is now; empty if there's none.
        brought: What comes from outside: the `kid` of a public key, or the SHA-256 of a file.
    """
    return Operation(what.value, {"app_id": app_id, "root": root_kid, "brought": brought})
