"""How many signatures a second each key backend gives: `python -m bench.backends`.

AWS KMS isn't among them: its stand-in in the tests says nothing about its speed, and its own limit is a
quota (docs/adr/0007-where-keys-live.md). With PKCS11_MODULE, PKCS11_TOKEN and PKCS11_PIN set it measures that
HSM, else SoftHSM2 where it is installed.
"""

import os
import subprocess
import tempfile
from pathlib import Path

import django
from django.conf import settings

from releaseconsole.kernel import randomness, sealing
from releaseconsole.kernel.jose.algorithms import Algorithm
from tools.softhsm import softhsm_find

SECONDS = 3.0
PIN = "1234-5678"


def softhsm_use(directory: Path) -> bool:
    module = softhsm_find()
    if module is None:
        return False
    (directory / "tokens").mkdir()
    configuration = directory / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {directory}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    initialise = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        "bench",
        "--pin",
        PIN,
        "--so-pin",
        PIN,
    ]
    subprocess.run(initialise, check=True, capture_output=True)
    settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN = str(module), "bench", PIN
    return True


def measure(name: str, algorithm: Algorithm) -> float:
    from signing.backends import StoredKey, key_backend  # noqa: PLC0415 (models load first)
    from signing.domain.key_owner import KeyOwner  # noqa: PLC0415 (models load first)
    from signing.domain.lifecycle import KeyPurpose  # noqa: PLC0415 (models load first)
    from signing.services.backend_health import signing_ceiling_measure  # noqa: PLC0415 (models load first)

    backend, token = key_backend(name), str(randomness.uuid4())
    owner = KeyOwner(KeyPurpose.RELEASE_TOKEN, "bench", algorithm)
    made = backend.create(owner, token=token)
    stored = StoredKey(made.kid, owner, token, made.sealed_private, made.reference)
    try:
        return signing_ceiling_measure(backend.load(stored), seconds=SECONDS)
    finally:
        backend.destroy(stored)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")
    with tempfile.TemporaryDirectory() as directory:
        os.environ.setdefault("CONSOLE_VAR_DIR", directory)
        names = ["local"]
        if settings.PKCS11_MODULE or softhsm_use(Path(directory)):
            names.append("pkcs11")
        django.setup()
        sealing.kek_install(sealing.KeyEncryptionKey(randomness.token_bytes(sealing.KEK_BYTES)))
        for name in names:
            for algorithm in Algorithm:
                print(
                    f"{name:8} {algorithm.value:8} {measure(name, algorithm):>10,.0f} signatures/s",
                    flush=True,
                )


if __name__ == "__main__":
    main()
