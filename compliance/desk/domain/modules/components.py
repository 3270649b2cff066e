"""Packages whose cryptography the console uses, and for which paths. Versions aren't written here."""

from dataclasses import dataclass
from typing import Final

from compliance.desk.domain.modules.inventory import paths_of
from compliance.desk.domain.modules.libraries import Library


def _all_of(library: Library) -> tuple[str, ...]:
    return tuple(path.key for path in paths_of(library))


@dataclass(frozen=True, slots=True)
class Component:
    """One package.

    Attributes:
        name: As the registry (PyPI) has it; `python` is Python itself.
        maker: Who maintains it.
        used_for: What it does here.
        path_keys: The paths of the inventory that go through it.
        module: Whose certificate would be about it; None: it calls another package's module.
        brings: Whether the module comes with it, as part of the package.
    """

    name: str
    maker: str
    used_for: str
    path_keys: tuple[str, ...]
    module: Library | None = None
    brings: bool = False


PYTHON: Final = "python"
_HSM: Final = "Talking to an HSM"
_AWS: Final = "Talking to AWS KMS and S3"

COMPONENTS: Final = (
    Component(
        "cryptography",
        "Python Cryptographic Authority",
        "Signatures, encryption, sealing; brings an OpenSSL of its own",
        _all_of(Library.CRYPTOGRAPHY),
        Library.CRYPTOGRAPHY,
        brings=True,
    ),
    Component(
        PYTHON,
        "Python Software Foundation",
        "hashlib, hmac and ssl, on the OpenSSL that it's linked to",
        _all_of(Library.PYTHON),
        Library.PYTHON,
        brings=True,
    ),
    Component(
        "joserfc",
        "Authlib (Hsiaoming Yang)",
        "Verifying and encrypting tokens, behind the console's own strict reader",
        ("tokens_local", "tokens_encrypted", "tokens_foreign"),
    ),
    Component("authlib", "Authlib (Hsiaoming Yang)", "OAuth's client: requests, PKCE", ("tokens_foreign",)),
    Component("argon2-cffi", "Hynek Schlawack", "Hashing passwords; brings libargon2", ("passwords",)),
    Component(
        "django",
        "Django Software Foundation",
        "Sessions, forms, hashes of passwords",
        ("keyed_hashes", "passwords"),
    ),
    Component("django-otp", "Peter Sagerson", "One-time codes of authenticator apps", ("totp",)),
    Component("django-otp-webauthn", "Stormbase", "Security keys: its models and helper", ("security_keys",)),
    Component("webauthn", "Duo Labs", "Verifying security keys", ("security_keys",)),
    Component(
        "psycopg-binary",
        "The Psycopg Team",
        "TLS to PostgreSQL; brings libpq and an OpenSSL of its own",
        _all_of(Library.LIBPQ),
        Library.LIBPQ,
        brings=True,
    ),
    Component("python-pkcs11", "python-pkcs11 project", _HSM, _all_of(Library.PKCS11), Library.PKCS11),
    Component("boto3", "Amazon Web Services", _AWS, (*_all_of(Library.AWS_KMS), "tls_out"), Library.AWS_KMS),
)

BY_NAME: Final = {each.name: each for each in COMPONENTS}
