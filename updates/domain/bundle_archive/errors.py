"""Why a bundle is refused: one class, one stable code and one plain sentence for each reason."""

from typing import Final

from updates.errors import BundleError

_SHOWN = 120


class BundleEntryError(BundleError):
    """One entry of the zip isn't acceptable."""

    def __init__(self, name: str, hint: str = "") -> None:
        self.entry = shown(name)
        super().__init__(f"{self.title}{hint and f' {hint}'} Entry: {self.entry}")


def shown(name: str) -> str:
    """Return a hostile name as printable ASCII-escaped text of bounded length."""
    text = name.encode("unicode_escape").decode("ascii") if not name.isprintable() else name
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class BundleTooLargeError(BundleError):
    """More bytes than this console accepts."""

    code = "bundle_too_large"
    title = "The file is larger than this console accepts."


class BundleEmptyError(BundleError):
    """Nothing in it."""

    code = "bundle_empty"
    title = "The file is empty or holds no files."


class BundleNotZipError(BundleError):
    """Not a zip at all."""

    code = "bundle_not_zip"
    title = "The file isn't a zip archive."


class BundleTruncatedError(BundleError):
    """The end is missing."""

    code = "bundle_truncated"
    title = "The zip archive is cut off; upload it again."


class BundleMalformedError(BundleError):
    """Its structure contradicts itself."""

    code = "bundle_malformed"
    title = "The zip archive's structure contradicts itself."


class BundleZIP64Error(BundleError):
    """A format for archives of more than 4 GB, in which readers differ."""

    code = "bundle_zip64"
    title = "The archive uses ZIP64, which no bundle needs; make an ordinary zip."


class BundleHiddenDataError(BundleError):
    """Bytes before, between or after what the directory lists: some unpackers would read them."""

    code = "bundle_hidden_data"
    title = "The archive holds data that its directory doesn't list."


class BundleOverlapError(BundleEntryError):
    """Two entries share bytes, as in overlapping bombs."""

    code = "bundle_overlap"
    title = "Entries of the archive overlap."


class BundleTooManyEntriesError(BundleError):
    """More files than this console accepts."""

    code = "bundle_too_many_entries"
    title = "The archive holds more entries than this console accepts."


class BundleUnpackedTooLargeError(BundleError):
    """More bytes after unpacking than this console accepts."""

    code = "bundle_unpacked_too_large"
    title = "The archive unpacks to more than this console accepts."


class BundleBombError(BundleEntryError):
    """A decompression bomb."""

    code = "bundle_bomb"
    title = "The archive unpacks to suspiciously more than its size."


class BundleEncryptedError(BundleEntryError):
    """Encrypted; nobody could check it."""

    code = "bundle_encrypted"
    title = "The archive is encrypted; bundles must be readable."


class BundleCompressionError(BundleEntryError):
    """Packed in a way that devices can't unpack."""

    code = "bundle_compression"
    title = "Only stored and deflated entries are accepted."


class BundleSymlinkError(BundleEntryError):
    """A symbolic link, which may point anywhere."""

    code = "bundle_symlink"
    title = "The archive holds a symbolic link."


class BundleSpecialFileError(BundleEntryError):
    """Neither a file nor a folder, or one under the other's name."""

    code = "bundle_special_file"
    title = "The archive holds something that is neither a plain file nor a folder."


class BundleSizeError(BundleEntryError):
    """Real and declared size differ."""

    code = "bundle_size_mismatch"
    title = "An entry's size isn't what the archive says."


class BundleCorruptError(BundleEntryError):
    """The bytes aren't those that were packed."""

    code = "bundle_corrupt"
    title = "An entry is damaged; upload the archive again."


class BundleNameEncodingError(BundleEntryError):
    """Letters beyond ASCII whose encoding isn't declared, so that readers differ."""

    code = "bundle_name_encoding"
    title = "A name isn't ASCII and not marked as UTF-8."


class BundleNameMismatchError(BundleEntryError):
    """Two places of the archive give one entry different names."""

    code = "bundle_name_mismatch"
    title = "An entry has different names in different places of the archive."


class BundleNameCharacterError(BundleEntryError):
    """NUL, control or invisible characters."""

    code = "bundle_name_character"
    title = "A name holds control or invisible characters."


class BundleNameTooLongError(BundleEntryError):
    """Longer or deeper than devices can store."""

    code = "bundle_name_too_long"
    title = "A name is too long or too deep."


class BundleBackslashError(BundleEntryError):
    """A folder separator on Windows, a plain character elsewhere."""

    code = "bundle_backslash"
    title = "A name holds a backslash; make the zip with forward slashes."


class BundleAbsolutePathError(BundleEntryError):
    """Begins at the root of a file system or drive."""

    code = "bundle_absolute_path"
    title = "A name is an absolute path."


class BundleDriveLetterError(BundleAbsolutePathError):
    """Begins with a Windows drive."""

    code = "bundle_drive_letter"
    title = "A name begins with a drive letter."


class BundlePathTraversalError(BundleEntryError):
    """Leads out of the bundle's folder."""

    code = "bundle_path_traversal"
    title = "A name leads out of the bundle's folder."


class BundlePathError(BundleEntryError):
    """Isn't in its simplest form, so that one file could have two names."""

    code = "bundle_path"
    title = "A name has empty or dot parts, or parts that end with a dot or space."


class BundleDuplicateNameError(BundleEntryError):
    """The same name twice; readers differ in which they take."""

    code = "bundle_duplicate_name"
    title = "Two entries have the same name."


class BundleCaseCollisionError(BundleEntryError):
    """The same file where case doesn't count (iOS simulators, Windows, macOS)."""

    code = "bundle_case_collision"
    title = "Two names differ by case alone."


class BundleUnicodeCollisionError(BundleEntryError):
    """The same file where Unicode is normalised (Apple's file systems)."""

    code = "bundle_unicode_collision"
    title = "Two names differ only in how their letters are composed."


class BundleFileFolderConflictError(BundleEntryError):
    """A file where another entry needs a folder."""

    code = "bundle_file_folder_conflict"
    title = "A name is both a file and a folder."


class BundleNoIndexError(BundleError):
    """Nothing to open."""

    code = "bundle_no_index"
    title = "There is no index.html at the root or in the single top folder."


class BundleNativePackagesError(BundleError):
    """Its own list of native plugins can't be read; guessing would break apps."""

    code = "bundle_native_packages"
    title = "The bundle's native-packages.json isn't a list of native plugins."


BUNDLE_ERRORS: Final[tuple[type[BundleError], ...]] = (
    BundleTooLargeError,
    BundleEmptyError,
    BundleNotZipError,
    BundleTruncatedError,
    BundleMalformedError,
    BundleZIP64Error,
    BundleHiddenDataError,
    BundleOverlapError,
    BundleTooManyEntriesError,
    BundleUnpackedTooLargeError,
    BundleBombError,
    BundleEncryptedError,
    BundleCompressionError,
    BundleSymlinkError,
    BundleSpecialFileError,
    BundleSizeError,
    BundleCorruptError,
    BundleNameEncodingError,
    BundleNameMismatchError,
    BundleNameCharacterError,
    BundleNameTooLongError,
    BundleBackslashError,
    BundleAbsolutePathError,
    BundleDriveLetterError,
    BundlePathTraversalError,
    BundlePathError,
    BundleDuplicateNameError,
    BundleCaseCollisionError,
    BundleUnicodeCollisionError,
    BundleFileFolderConflictError,
    BundleNoIndexError,
    BundleNativePackagesError,
)
