"""What is refused about bundles."""

from updates.errors.base import ConflictError, UpdatesError


class VersionReusedError(ConflictError):
    """The version names other content already; devices would never fetch the new one."""

    code = "version_reused"
    title = "This version already names other content. Versions are never reused."


class BundleError(UpdatesError):
    """The uploaded file isn't an acceptable bundle; subclasses say why."""

    code = "bundle_invalid"
    title = "The file isn't an acceptable bundle."
