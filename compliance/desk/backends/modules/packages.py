"""Which packages are installed, and in which version."""

import platform
from importlib import metadata

from compliance.desk.domain.modules.components import PYTHON


def version_of(package: str) -> str:
    """Return the version that is installed; empty where it isn't."""
    if package == PYTHON:
        return platform.python_version()
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
