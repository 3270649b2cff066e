"""What differs between two bundles, by their manifests: pure, and linear in the number of files.

Build tools put a hash of a file's content into its name. Taken by name alone, nearly every file of such a
bundle would be one that went and one that came; so what differs by that hash only is one file that changed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from updates.domain.native_plugins import plugin_fits

File = Mapping[str, Any]

# `main.3f2a9c1b.js`, `index-BqX4-e1z.css`: between a dot or dash and the ending; never a plain word.
_HASH: Final = re.compile(
    r"[.-](?=[\w-]*[0-9A-Z_])(?:\w{8,40}|[\w-]{8})(?=\.[A-Za-z0-9]{1,5}(?:\.map)?\Z)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that isn't as it was; `before` or `after` is None where it wasn't or isn't there.

    `path` is where it is now, or was at last; `path_before` where it was, if that's elsewhere.
    """

    path: str
    before: int | None
    after: int | None
    path_before: str = ""

    @property
    def delta(self) -> int:
        """By how many bytes the bundle grew."""
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class PackageChange:
    """One native plugin that isn't as it was; empty: not there. `breaks` builds that have what was there."""

    name: str
    before: str
    after: str

    @property
    def breaks(self) -> bool:
        """Whether a build that ran the bundle of before may not run this one."""
        return bool(self.after) and (not self.before or not plugin_fits(self.after, self.before))


@dataclass(frozen=True, slots=True)
class BundleDiff:
    """All that differs. `packages` is None where one of the bundles doesn't say what it needs."""

    added: tuple[FileChange, ...]
    removed: tuple[FileChange, ...]
    changed: tuple[FileChange, ...]
    moved: tuple[FileChange, ...]
    unchanged: int
    packages: tuple[PackageChange, ...] | None

    @property
    def delta(self) -> int:
        """By how many bytes the unpacked bundle grew."""
        return sum(one.delta for one in (*self.added, *self.removed, *self.changed))

    @property
    def is_same(self) -> bool:
        """Whether all files are the same, in the same places."""
        return not (self.added or self.removed or self.changed or self.moved)


def bundle_diff(
    before: Iterable[File],
    after: Iterable[File],
    *,
    packages_before: Mapping[str, str] | None = None,
    packages_after: Mapping[str, str] | None = None,
) -> BundleDiff:
    """Compare two manifests, `[{"path", "sha256", "size"}]`, and two lists of native plugins."""
    old, new = ({file["path"]: file for file in files} for files in (before, after))
    both = old.keys() & new.keys()
    same = {path for path in both if old[path]["sha256"] == new[path]["sha256"]}
    changed = [FileChange(path, old[path]["size"], new[path]["size"]) for path in both - same]
    gone, come = _but(old, both), _but(new, both)
    moved = _paired(gone, come, lambda file: str(file["sha256"]))
    renamed = _paired(gone, come, lambda file: _unhashed(str(file["path"])))
    return BundleDiff(
        added=_ordered(FileChange(path, None, file["size"]) for path, file in come.items()),
        removed=_ordered(FileChange(path, file["size"], None) for path, file in gone.items()),
        changed=_ordered([*changed, *renamed]),
        moved=_ordered(moved),
        unchanged=len(same),
        packages=_packages(packages_before, packages_after),
    )


def _but(files: Mapping[str, File], both: set[str]) -> dict[str, File]:
    return {path: file for path, file in files.items() if path not in both}


def _paired(
    gone: dict[str, File], come: dict[str, File], identity: Callable[[File], str]
) -> list[FileChange]:
    """Take out of both the files that are each other's, where there's no doubt which is whose."""
    were, are = _by(gone, identity), _by(come, identity)
    pairs = [(were[key][0], are[key][0]) for key in were if len(were[key]) == len(are.get(key, ())) == 1]
    return [
        FileChange(now, gone.pop(was)["size"], come.pop(now)["size"], path_before=was) for was, now in pairs
    ]


def _by(files: Mapping[str, File], identity: Callable[[File], str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for path, file in files.items():
        if key := identity(file):
            grouped[key].append(path)
    return grouped


def _unhashed(path: str) -> str:
    """Spell a path without the hash in its name; empty where there's none."""
    spelled, found = _HASH.subn("", path)
    return spelled if found else ""


def _ordered(changes: Iterable[FileChange]) -> tuple[FileChange, ...]:
    return tuple(sorted(changes, key=lambda one: one.path))


def _packages(
    before: Mapping[str, str] | None, after: Mapping[str, str] | None
) -> tuple[PackageChange, ...] | None:
    if before is None or after is None:
        return None
    names = sorted(before.keys() | after.keys())
    changes = (PackageChange(name, before.get(name, ""), after.get(name, "")) for name in names)
    return tuple(one for one in changes if one.before != one.after)
