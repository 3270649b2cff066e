"""Every cryptographic path of the console: what for, with which library, with what algorithms, whose keys.

The one declared inventory: the page of modules, the start's check and the cryptographic bill of materials
(CBOM) are all made from it. A test goes through the console's imports and fails for one that no path claims.
"""

from dataclasses import dataclass
from typing import Final

from compliance.desk.domain.modules.libraries import Library


@dataclass(frozen=True, slots=True)
class CryptoPath:
    """One use of cryptography.

    Attributes:
        key: Its name, in addresses and documents.
        title: What it is for.
        library: What does it.
        algorithms: With which algorithms, by their names in `algorithms.py`.
        keys: Where its keys are made and kept, in words.
        code: The Python modules in which it happens, or the packages of them.
        depends_on: A setting or fact that makes it used; empty: it always is.
    """

    key: str
    title: str
    library: Library
    algorithms: tuple[str, ...]
    keys: str
    code: tuple[str, ...]
    depends_on: str = ""

    @property
    def algorithm_words(self) -> str:
        """Its algorithms, on one line."""
        return ", ".join(self.algorithms)


_HSM_CODE: Final = ("signing.backends.pkcs11", "signing.backends.pkcs11_token")
_KMS_CODE: Final = ("signing.backends.awskms", "signing.backends.awskms_client")
_TLS: Final = ("TLS 1.2", "TLS 1.3")

PATHS: Final[tuple[CryptoPath, ...]] = (
    CryptoPath(
        "tokens_local",
        "Signing tokens, trust bundles and checkpoints with keys in the database",
        Library.CRYPTOGRAPHY,
        ("ES256", "ES384", "Ed25519", "RS256", "PS256"),
        "Made in this process; in the database, sealed under the KEK; opened into the memory of who signs",
        (
            "releaseconsole.kernel.jose",
            "signing.backends.local",
            "signing.backends.public_halves",
            "signing.services.key_rows",
        ),
        "backend:local",
    ),
    CryptoPath(
        "tokens_pkcs11",
        "Signing them in an HSM",
        Library.PKCS11,
        ("ES256", "ES384", "Ed25519", "RS256", "PS256"),
        "Made in the HSM; never leave it",
        _HSM_CODE,
        "backend:pkcs11",
    ),
    CryptoPath(
        "tokens_awskms",
        "Signing them in AWS KMS",
        Library.AWS_KMS,
        ("ES256", "ES384", "RS256", "PS256"),
        "Made in AWS KMS; never leave it",
        _KMS_CODE,
        "backend:awskms",
    ),
    CryptoPath(
        "tokens_mac",
        "Download tokens, and tokens for back ends with a shared secret",
        Library.CRYPTOGRAPHY,
        ("HS256",),
        "Made in this process; in the database, sealed under the KEK; whatever the settings say",
        ("releaseconsole.kernel.jose.hmac_keys", "releaseconsole.kernel.jose.mac_tokens"),
    ),
    CryptoPath(
        "tokens_encrypted",
        "Encrypting tokens that carry personal or health data, and challenges to devices",
        Library.CRYPTOGRAPHY,
        ("ECDH-ES+A256KW", "RSA-OAEP-256", "A256GCM"),
        "Public halves only; the private ones are on devices and at back ends",
        ("releaseconsole.kernel.jose.encryption", "releaseconsole.kernel.jose.encryption_keys"),
    ),
    CryptoPath(
        "tokens_foreign",
        "Verifying tokens of others: identity provider, CI",
        Library.CRYPTOGRAPHY,
        ("ES256", "RS256", "PS256"),
        "Public halves of their issuers",
        ("releaseconsole.kernel.jose.foreign_keys", "accounts.domain.provider_claims"),
    ),
    CryptoPath(
        "checkpoints",
        "Verifying each checkpoint of the audit log as it's signed",
        Library.CRYPTOGRAPHY,
        ("ES256",),
        "Where the checkpoint key's row says; its public half in the database",
        ("signing.services.checkpoint_signer", "compliance.ledger.domain.checkpoints"),
    ),
    CryptoPath(
        "sealing_file",
        "Sealing secrets in the database under a KEK from a file or the environment",
        Library.CRYPTOGRAPHY,
        ("A256GCM",),
        "In a file of mode 0600 or the environment; in this process's memory",
        ("releaseconsole.kernel.sealing", "releaseconsole.checks"),
        "kek:file",
    ),
    CryptoPath(
        "sealing_pkcs11",
        "Sealing them under a KEK in an HSM",
        Library.PKCS11,
        ("A256GCM",),
        "In the HSM",
        ("signing.backends.kek_pkcs11",),
        "kek:pkcs11",
    ),
    CryptoPath(
        "sealing_awskms",
        "Sealing them under a KEK in AWS KMS",
        Library.AWS_KMS,
        ("A256GCM",),
        "In AWS KMS",
        ("signing.backends.kek_awskms",),
        "kek:awskms",
    ),
    CryptoPath(
        "digests",
        "Digests: the audit log's tree, bundles, manifests, names of keys",
        Library.PYTHON,
        ("SHA-256",),
        "None",
        (
            "compliance.desk.backends.export_files",
            "compliance.desk.domain.export_entries",
            "compliance.desk.domain.sampling",
            "compliance.desk.selectors.log_entry",
            "compliance.desk.services.export_closing",
            "compliance.desk.domain.reports.sampling",
            "compliance.desk.services.erasure.receipts",
            "compliance.desk.views.log_keys",
            "compliance.ledger.domain.anchors",
            "compliance.ledger.domain.canonical",
            "compliance.ledger.domain.entry_check",
            "compliance.ledger.domain.merkle",
            "releaseconsole.kernel.encoding",
            "signing.backends.replay",
            "signing.views.jwks",
            "updates.domain.bundle_archive",
            "updates.domain.rollout",
            "updates.domain.telemetry",
        ),
    ),
    CryptoPath(
        "webhooks",
        "Signing webhooks",
        Library.PYTHON,
        ("HMAC-SHA-256",),
        "Made in this process; in the database, sealed under the KEK",
        ("updates.domain.webhooks.signatures",),
    ),
    CryptoPath(
        "keyed_hashes",
        "Sessions, forms, links, recovery codes, custom ids, marks of devices' keys and of erased people; "
        "comparisons",
        Library.PYTHON,
        ("HMAC-SHA-256",),
        "SECRET_KEY, and keys of single rows that are sealed under the KEK",
        (
            "accounts.models.recovery_codes",
            "accounts.services.approvals",
            "accounts.services.authority",
            "accounts.services.recovery_codes",
            "accounts.services.security_key_assertions",
            "accounts.services.single_sign_on",
            "accounts.services.step_up",
            "accounts.services.throttle",
            "accounts.views.step_up",
            "compliance.desk.backends.subject_key",
            "compliance.desk.services.erasure.references",
            "compliance.desk.services.erasure.suppression",
            "compliance.desk.views.receipts",
            "signing.backends.device_keys",
            "signing.backends.registrations",
            "signing.forms",
            "updates.domain.custom_ids",
            "updates.services.testers.attempts",
        ),
    ),
    CryptoPath(
        "totp",
        "One-time codes of authenticator apps",
        Library.PYTHON,
        ("HMAC-SHA-1",),
        "Made in this process; in the database, sealed under the KEK; a copy in the person's app",
        ("accounts.domain.totp", "accounts.models.totp"),
    ),
    CryptoPath(
        "security_keys",
        "Verifying security keys and passkeys (WebAuthn)",
        Library.CRYPTOGRAPHY,
        ("ES256", "Ed25519", "RS256"),
        "Public halves only; the private ones are in the security keys",
        ("accounts.services.security_key_ceremony",),
    ),
    CryptoPath(
        "passwords",
        "Hashing passwords",
        Library.ARGON2,
        ("Argon2id",),
        "None",
        ("accounts.services.passwords",),
    ),
    CryptoPath(
        "randomness",
        "Random numbers outside of the libraries: ids, links, nonces, secrets",
        Library.SYSTEM,
        ("getrandom",),
        "None",
        ("releaseconsole.kernel.randomness",),
    ),
    CryptoPath(
        "tls_out",
        "TLS to others: webhooks, identity provider, CI, mail, object storage, KMS; measuring our own",
        Library.PYTHON,
        _TLS,
        "Certificates of authorities: the operating system's",
        (
            "accounts.backends.guarded_connection",
            "accounts.backends.issuer_http",
            "accounts.services.provider",
            "accounts.services.provider_http",
            "compliance.desk.backends.tls_probe",
            "compliance.ledger.backends.anchor_s3",
            "signing.backends.awskms_client",
            "updates.backends.webhook_http",
        ),
    ),
    CryptoPath(
        "tls_redis",
        "TLS to Redis",
        Library.PYTHON,
        _TLS,
        "Certificates of authorities: the operating system's",
        ("releaseconsole.redis_link",),
        "redis:tls",
    ),
    CryptoPath(
        "tls_database",
        "TLS to PostgreSQL",
        Library.LIBPQ,
        _TLS,
        "As DATABASE_URL says",
        ("releaseconsole.settings",),
        "database:postgresql",
    ),
    CryptoPath(
        "tls_in",
        "TLS from people and devices",
        Library.PROXY,
        _TLS,
        "At the proxy; the console has no certificate of its own",
        ("releaseconsole.settings",),
    ),
    CryptoPath(
        "offline_root",
        "Ceremonies of the offline root",
        Library.OFFLINE,
        ("ES256", "A256GCM", "scrypt"),
        "On a machine of its own, in a file under a passphrase",
        ("offline.root_ceremony",),
        "backend:offline",
    ),
)


def paths_of(library: Library) -> tuple[CryptoPath, ...]:
    """List the paths that a library does."""
    return tuple(path for path in PATHS if path.library is library)
