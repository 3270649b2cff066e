"""Where the console is: its folders, its version, and the address under which people and devices reach it."""

import tomllib
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from releaseconsole import environment as env

BASE_DIR: Final = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(
    env.text("CONSOLE_VAR_DIR", str(BASE_DIR / "var"), "Where the console keeps what it makes.")
).resolve()

VERSION: Final[str] = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

DEBUG = env.boolean("DEBUG", default=False, meaning="Django's debug pages. Never in production.")
CONSOLE_DEMO = env.boolean("CONSOLE_DEMO", default=False, meaning="Allow `make demo` outside DEBUG.")
HOST = env.text("HOST", "127.0.0.1", "Address the embedded server listens on.")
PORT = env.integer("PORT", 8000, "Port the embedded server listens on.", least=1)
PUBLIC_URL = env.text(
    "PUBLIC_URL",
    f"http://localhost:{PORT}",
    "URL under which people and devices reach the console; also `iss`.",
).rstrip("/")
public = urlsplit(PUBLIC_URL)
if public.scheme not in {"http", "https"} or not public.hostname or public.query or public.fragment:
    raise ImproperlyConfigured(f"PUBLIC_URL must be an http(s) URL without query; it is {PUBLIC_URL!r}.")
PUBLIC_IS_HTTPS = public.scheme == "https"
ALLOWED_HOSTS = sorted(
    {public.hostname, "localhost", "127.0.0.1", "[::1]"}
    | set(env.words("ALLOWED_HOSTS", "", "Further host names the console answers to, separated by commas."))
)
CSRF_TRUSTED_ORIGINS = [f"{public.scheme}://{public.netloc}"]


def origin(url: SplitResult) -> str:
    """Spell an origin as browsers do: lower case, without the scheme's own port."""
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    own = {"https": 443, "http": 80}[url.scheme]
    return f"{url.scheme}://{host}" if url.port in {None, own} else f"{url.scheme}://{host}:{url.port}"
