"""The machine of an offline root: the operator at its keyboard, the ceremony's one file, and a folder."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).resolve().parents[2] / "offline" / "root_ceremony.py"
PASSPHRASE = "correct horse battery staple"


@dataclass
class RootMachine:
    """Runs the script as its operator does; `-I` keeps the console's own modules out of its reach."""

    folder: Path

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(SCRIPT), *arguments]
        return subprocess.run(
            command, input=typed, capture_output=True, text=True, cwd=self.folder, check=False
        )

    def passphrase_file(self, text: str = PASSPHRASE) -> str:
        (self.folder / "passphrase").write_text(text + "\n", encoding="utf-8")
        return "passphrase"

    def new_root(self, name: str = "root") -> dict[str, Any]:
        """Make a root; returns its public half."""
        done = self.run(
            "new-root",
            "--key",
            f"{name}.key.json",
            "--public",
            f"{name}.jwk.json",
            "--passphrase-file",
            self.passphrase_file(),
        )
        assert done.returncode == 0, done.stderr
        jwk: dict[str, Any] = json.loads((self.folder / f"{name}.jwk.json").read_bytes())
        return jwk

    def sign(
        self, request: bytes, *, root: str = "root", app_id: str = "com.example.clinic", yes: str = "yes"
    ) -> bytes:
        """Sign a request.

        Raises:
            RefusedOnMachineError: The script refused.
        """
        (self.folder / "request.json").write_bytes(request)
        out = self.folder / "signed.json"
        out.unlink(missing_ok=True)
        done = self.run(
            "sign",
            "request.json",
            "--key",
            f"{root}.key.json",
            "--out",
            out.name,
            "--passphrase-file",
            self.passphrase_file(),
            typed=f"{app_id}\n{yes}\n",
        )
        if done.returncode:
            raise RefusedOnMachineError(done.stderr)
        return out.read_bytes()


class RefusedOnMachineError(Exception):
    """What the operator reads."""
