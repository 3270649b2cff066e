"""Which packages are installed, and in which version."""

from importlib import metadata


def version_of(package: str) -> str:
    """Return the version that is installed; empty where it isn't."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
