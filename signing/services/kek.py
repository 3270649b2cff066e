"""Which KEK this process seals with: the settings' choice, put where every floor finds it.

Nothing here needs the database, and a KEK in a file or the environment needs no network either. One in an HSM
or KMS is reached at its first use, so a console whose HSM is away still starts and says so.
"""

from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings

from releaseconsole.kernel import sealing
from releaseconsole.kernel.sealing import SealingError, SealingKey

FILE_PROVIDER: Final = "file"


def _pkcs11(label: str) -> SealingKey:
    from signing.backends.kek_pkcs11 import PKCS11KEK  # noqa: PLC0415 (a library that only an HSM needs)

    return PKCS11KEK(label)


def _awskms(key: str) -> SealingKey:
    from signing.backends.kek_awskms import AWSKMSKEK  # noqa: PLC0415 (a slow import that only KMS needs)

    return AWSKMSKEK(key)


_PROVIDERS: Final[Mapping[str, Callable[[str], SealingKey]]] = {"pkcs11": _pkcs11, "awskms": _awskms}


def kek_install_configured() -> None:
    """Install the KEK that the settings name, and the earlier ones beside it.

    Raises:
        SealingError: One is missing, readable by others, malformed, or named in a way that isn't known.
    """
    earlier = [
        *map(sealing.kek_read, settings.KEK_PREVIOUS_FILES),
        *map(_provided, settings.KEK_PREVIOUS_PROVIDERS),
    ]
    sealing.kek_install(_provided(settings.KEK_PROVIDER), earlier)


def kek_is_there() -> bool:
    """Whether the settings name a KEK that exists; one in an HSM or KMS is taken at its word."""
    return bool(settings.KEK_PROVIDER != FILE_PROVIDER or settings.KEK or settings.KEK_FILE.exists())


def kek_is_beside_the_database() -> bool:
    """Whether whoever copies the folder of the database has the KEK with it."""
    if settings.KEK or settings.KEK_PROVIDER != FILE_PROVIDER:
        return False
    on_disk = str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")
    return on_disk and settings.KEK_FILE.resolve().is_relative_to(settings.VAR_DIR)


def kek_make() -> str:
    """Make the KEK that the settings name unless it exists, and return its id.

    Raises:
        SealingError: It can't be made, or not from here.
    """
    scheme, _, key = settings.KEK_PROVIDER.partition(":")
    if scheme == "pkcs11" and key:
        from signing.backends.kek_pkcs11 import pkcs11_kek_create  # noqa: PLC0415 (as above)

        pkcs11_kek_create(key)
    elif not kek_is_there():
        sealing.kek_create(settings.KEK_FILE)
    # A key in a KMS has a policy and an owner: whoever runs the account makes it, and here it is only found.
    return _provided(settings.KEK_PROVIDER).kek_id


def _provided(name: str) -> SealingKey:
    if name == FILE_PROVIDER:
        return sealing.kek_parse(settings.KEK) if settings.KEK else sealing.kek_read(settings.KEK_FILE)
    scheme, _, key = name.partition(":")
    make = _PROVIDERS.get(scheme)
    if make and key:
        return make(key)
    raise SealingError(f"KEK_PROVIDER knows file, pkcs11:<label> and awskms:<key>; not {name!r}.")
