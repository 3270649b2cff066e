"""`python -m tools.fips_provider`: make sure that there is a FIPS provider, for the tests that need one.

No package brings one, so it's built: from the upstream sources inside of Debian's source package, which apt
fetches and holds to the hashes of an index that Debian's archive key signed. It's no validated module, and
shows nothing but how the console behaves beside a provider.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

_KEYRING: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_RELEASE: Final = Path("/etc/os-release")
_MIRROR: Final = "http://deb.debian.org/debian"
_NEEDED: Final = ("apt-get", "cc", "make", "openssl", "perl")
# Whatever the machine's own configuration of apt says: without a signature nothing is taken.
_STRICT: Final = (
    "Acquire::AllowInsecureRepositories=false",
    "Acquire::AllowDowngradeToInsecureRepositories=false",
    "APT::Get::AllowUnauthenticated=false",
    "APT::Sandbox::User=root",
)
# Other OpenSSLs' settings and CI's own would end up in the provider.
_KEPT: Final = ("PATH", "HOME", "TMPDIR", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
_INSTRUCTION: Final = """\
The tests with a FIPS provider need one, and none can be built here: {why}.
Build one (docs/modules.md says how), and name it: FIPS_PROVIDER=/path/to/fips.so make fips"""


def cache_folder() -> Path:
    """Where what was built is kept, across clones of the project."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "release-console" / "fips-provider"


def provider_find() -> Path | None:
    """Return $FIPS_PROVIDER, or what was built here before; the path is absolute."""
    named = os.environ.get("FIPS_PROVIDER")
    file = Path(named) if named else cache_folder() / "fips.so"
    return file.resolve() if file.is_file() else None


def main() -> int:
    """Build it where that is possible without asking, else say how."""
    if found := provider_find():
        print(f"FIPS provider: {found}")
        return 0
    if why := _obstacle():
        print(_INSTRUCTION.format(why=why), file=sys.stderr)
        return 1
    print(
        "Building a FIPS provider from Debian's sources of OpenSSL, once; that takes two minutes…", flush=True
    )
    try:
        with tempfile.TemporaryDirectory(prefix="fips-provider-") as folder:
            _build(Path(folder))
    except (subprocess.CalledProcessError, OSError, tarfile.TarError) as exc:
        said = getattr(exc, "stderr", "") or ""
        print(_INSTRUCTION.format(why=f"{exc}\n{said[-2000:]}"), file=sys.stderr)
        return 1
    print(f"FIPS provider: {provider_find()}")
    return 0


def _obstacle() -> str:
    if named := os.environ.get("FIPS_PROVIDER"):
        return f"FIPS_PROVIDER names {named}, which isn't there"
    if "debian" not in _release("ID") or not _KEYRING.exists():
        return "this isn't Debian"
    missing = [name for name in _NEEDED if not shutil.which(name)]
    return f"it takes {', '.join(missing)}" if missing else ""


def _release(name: str) -> str:
    lines = _RELEASE.read_text(encoding="utf-8").splitlines() if _RELEASE.exists() else []
    return next((line.partition("=")[2].strip('"') for line in lines if line.startswith(f"{name}=")), "")


def _build(folder: Path) -> None:
    archive = _fetch(folder)
    with tarfile.open(archive) as source:
        source.extractall(folder / "source", filter="data")
    (tree,) = (folder / "source").iterdir()
    _run("./Configure", "enable-fips", cwd=tree)
    jobs = f"-j{os.cpu_count() or 1}"
    _run("make", jobs, "build_generated", cwd=tree)
    _run("make", jobs, "providers/fips.so", cwd=tree)
    kept = cache_folder()
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = tree / "providers" / "fips.so"
    (kept / "made-of.txt").write_text(f"{archive.name} {_digest(archive)}\nfips.so {_digest(made)}\n")
    # Last, and in one step: a provider that is there is whole.
    shutil.copyfile(made, kept / "fips.so.new")
    (kept / "fips.so.new").rename(kept / "fips.so")


def _fetch(folder: Path) -> Path:
    """Let apt fetch the source package with lists of its own; the machine's are neither read nor changed."""
    for name in ("lists/partial", "cache"):
        (folder / name).mkdir(parents=True)
    suite = _release("VERSION_CODENAME")
    (folder / "sources.list").write_text(f"deb-src [signed-by={_KEYRING}] {_MIRROR} {suite} main\n")
    options = (
        f"Dir::Etc::SourceList={folder}/sources.list",
        "Dir::Etc::SourceParts=/dev/null",
        f"Dir::State::Lists={folder}/lists",
        f"Dir::Cache={folder}/cache",
        *_STRICT,
    )
    said = [word for option in options for word in ("-o", option)]
    _run("apt-get", *said, "-qq", "update", cwd=folder)
    _run("apt-get", *said, "-qq", "source", "--download-only", "openssl", cwd=folder)
    return next(folder.glob("openssl_*.orig.tar.gz"))


def _run(*command: str, cwd: Path) -> None:
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True, text=True)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
