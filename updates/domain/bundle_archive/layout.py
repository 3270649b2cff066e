"""Where the bundle's root lies within the archive."""

from collections.abc import Collection

from updates.domain.bundle_archive.errors import BundleEmptyError, BundleNoIndexError, shown

INDEX = "index.html"
_SHOWN = 5


def root_find(files: Collection[str]) -> str:
    """Return the prefix that all files of the bundle share: empty, or the single top folder with its slash.

    This is the rule of the Capacitor plugins, which unwrap exactly one folder.

    Raises:
        BundleEmptyError: There are no files.
        BundleNoIndexError: `index.html` is in neither place.
    """
    if not files:
        raise BundleEmptyError
    if INDEX in files:
        return ""
    tops = sorted({path.partition("/")[0] for path in files})
    if len(tops) == 1 and f"{tops[0]}/{INDEX}" in files:
        return f"{tops[0]}/"
    listed = ", ".join(shown(top) for top in tops[:_SHOWN]) + (", …" if len(tops) > _SHOWN else "")
    raise BundleNoIndexError(f"{BundleNoIndexError.title} At the top are: {listed}.")
