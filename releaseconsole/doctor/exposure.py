"""How the console shows itself to the outside."""

from urllib.parse import urlsplit

from django.conf import settings

from releaseconsole.doctor.findings import Finding, ok, problem, warning

_LOCAL = {"localhost", "127.0.0.1", "::1"}


def public_url_examine() -> list[Finding]:
    """Look at the URL that devices and people are given."""
    return [public_url_judge(settings.PUBLIC_URL)]


def public_url_judge(url: str) -> Finding:
    """Judge a public URL. Pure."""
    parts = urlsplit(url)
    if parts.hostname in _LOCAL:
        return warning(
            "public URL",
            f"{url} is this machine only: no phone reaches it.",
            "Set PUBLIC_URL to the address that your reverse proxy serves (docs/configuration.md).",
        )
    if parts.scheme != "https":
        return problem(
            "public URL",
            f"{url} is plain http, which phones refuse.",
            "Put a reverse proxy with a certificate in front, and set PUBLIC_URL to its https address.",
        )
    return ok("public URL", f"{url} can be reached by phones, as far as its form shows.")


def debug_examine() -> list[Finding]:
    """Look at DEBUG, whose error pages show settings and source code to anybody."""
    if settings.DEBUG:
        return [problem("DEBUG", "It is on: error pages show settings and source code.", "Unset DEBUG.")]
    return [ok("DEBUG", "It is off.")]
