"""Secrets, the key-encryption key, and where private keys live."""

from pathlib import Path
from typing import Final

from releaseconsole import environment as env
from releaseconsole.settings.place import VAR_DIR


def _secret_key() -> str:
    given = env.text("SECRET_KEY", "", "Django's signing secret; made in var/ when empty.")
    if given:
        return given
    path = VAR_DIR / "secret_key"
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


SECRET_KEY = _secret_key()
KEK_FILE = Path(env.text("KEK_FILE", str(VAR_DIR / "kek"), "File with the key-encryption key, mode 0600."))
# KEK_FILE is a variable of its own: its file's mode is looked at, which NAME_FILE wouldn't do.
KEK = env.text(
    "KEK", "", "The key-encryption key itself (32 bytes, base64url), instead of KEK_FILE.", from_file=False
)
KEK_PROVIDER = env.text(
    "KEK_PROVIDER", "file", "Where the KEK lives: `file`, `pkcs11:<label>` or `awskms:<key id or alias>`."
)
KEK_PREVIOUS_FILES = [
    Path(name)
    for name in env.words("KEK_PREVIOUS_FILES", "", "Files of earlier KEKs that still open, mode 0600.")
]
KEK_PREVIOUS_PROVIDERS = env.words(
    "KEK_PREVIOUS_PROVIDERS", "", "Earlier KEKs in an HSM or KMS that still open, as in KEK_PROVIDER."
)

REQUIRE_FIPS = env.boolean(
    "REQUIRE_FIPS",
    default=False,
    meaning="Start only where both OpenSSL libraries are seen to run a FIPS provider (docs/modules.md).",
)

# --- where private keys live --------------------------------------------------------------------------
_BACKENDS: Final = ("local", "pkcs11", "awskms")
KEY_BACKEND = env.choice(
    "KEY_BACKEND",
    "local",
    "Where root, trust and checkpoint keys are made: local, pkcs11 or awskms.",
    among=_BACKENDS,
)
KEY_BACKEND_TOKENS = env.choice(
    "KEY_BACKEND_TOKENS", "local", "Where keys of tokens are made (docs/adr/0007).", among=_BACKENDS
)
KEY_BACKEND_TIMEOUT = env.integer(
    "KEY_BACKEND_TIMEOUT", 5, "Seconds an HSM or KMS has for an answer; then the key is unavailable.", least=1
)
PKCS11_MODULE = env.text("PKCS11_MODULE", "", "Path of the HSM's PKCS#11 library.")
PKCS11_TOKEN = env.text("PKCS11_TOKEN", "", "Label of the token in the HSM.")
PKCS11_PIN = env.text("PKCS11_PIN", "", "User PIN of the token.")
AWS_KMS_REGION = env.text("AWS_KMS_REGION", "", "AWS region of the KMS; credentials by AWS's own rules.")
AWS_KMS_ENDPOINT_URL = env.text("AWS_KMS_ENDPOINT_URL", "", "Another address of the KMS, such as a VPC's.")
SIGNATURE_SAMPLE = env.integer(
    "SIGNATURE_SAMPLE", 1024, "One in so many signatures of a local key is verified at once.", least=1
)
