"""Inspection of an uploaded bundle: hostile until proven otherwise.

The rules, and where they are kept:

1. `records`: the file is one zip and nothing else. Local records and central directory say the same, and
   the records lie end to end from the first byte to the directory. So all readers see the same files: those
   that read the directory (iOS) and those that read records as they come (Android's ZipInputStream); nothing
   overlaps, nothing hides in a gap, before or after.
2. `names`: every name is a plain relative path, and no two are the same file on any file system.
3. `layout`: `index.html` is at the root or in the single top folder.
4. `contents`: sizes and checksums are what was declared, by counting real bytes, within limits.

Pure: it reads the file object it's given and writes nothing. Each refusal has its own class and code
(`errors`); nothing else is ever raised, whatever the bytes.
"""

from updates.domain.bundle_archive.errors import BUNDLE_ERRORS
from updates.domain.bundle_archive.inspection import BundleFacts, FileFacts, bundle_inspect
from updates.domain.bundle_archive.limits import BundleLimits

__all__ = ["BUNDLE_ERRORS", "BundleFacts", "BundleLimits", "FileFacts", "bundle_inspect"]
