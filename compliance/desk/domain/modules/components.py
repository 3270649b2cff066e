"""Packages whose cryptography the console uses, and for which paths. Versions aren't written here."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from compliance.desk.domain.modules.inventory import PATHS
from compliance.desk.domain.modules.libraries import Library

REVIEW_EVERY: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Component:
    """One package.

    Attributes:
        name: As the registry (PyPI) has it.
        maker: Who maintains it.
        used_for: What it does here.
        libraries: What of `Library` it brings or calls; its paths are the console's paths through those.
        imports: Names under which code imports it.
    """

    name: str
    maker: str
    used_for: str
    libraries: tuple[Library, ...]
    imports: tuple[str, ...]

    @property
    def path_keys(self) -> tuple[str, ...]:
        """The paths of the inventory that go through it."""
        return tuple(path.key for path in PATHS if path.library in self.libraries)


COMPONENTS: Final = (
    Component(
        "cryptography",
        "Python Cryptographic Authority",
        "Signatures, encryption, sealing; brings an OpenSSL of its own",
        (Library.CRYPTOGRAPHY,),
        ("cryptography",),
    ),
    Component(
        "joserfc",
        "Authlib (Hsiaoming Yang)",
        "Verifying and encrypting tokens, behind the console's own strict reader",
        (Library.CRYPTOGRAPHY,),
        ("joserfc",),
    ),
    Component(
        "authlib",
        "Authlib (Hsiaoming Yang)",
        "OAuth's client: requests, PKCE",
        (Library.PYTHON,),
        ("authlib",),
    ),
    Component(
        "argon2-cffi",
        "Hynek Schlawack",
        "Hashing passwords; brings libargon2",
        (Library.ARGON2,),
        ("argon2",),
    ),
    Component(
        "django",
        "Django Software Foundation",
        "Sessions, forms, hashes of passwords",
        (Library.PYTHON, Library.ARGON2),
        ("django",),
    ),
    Component(
        "django-otp",
        "Peter Sagerson",
        "One-time codes of authenticator apps",
        (Library.PYTHON,),
        ("django_otp",),
    ),
    Component(
        "django-otp-webauthn",
        "Stormbase",
        "Security keys: its models and helper",
        (Library.CRYPTOGRAPHY,),
        ("django_otp_webauthn",),
    ),
    Component("webauthn", "Duo Labs", "Verifying security keys", (Library.CRYPTOGRAPHY,), ("webauthn",)),
    Component(
        "psycopg-binary",
        "The Psycopg Team",
        "TLS to PostgreSQL; brings libpq and an OpenSSL of its own",
        (Library.LIBPQ,),
        ("psycopg",),
    ),
    Component("python-pkcs11", "python-pkcs11 project", "Talking to an HSM", (Library.PKCS11,), ("pkcs11",)),
    Component("boto3", "Amazon Web Services", "Talking to AWS KMS and S3", (Library.AWS_KMS,), ("boto3",)),
)

BY_NAME: Final = {each.name: each for each in COMPONENTS}
