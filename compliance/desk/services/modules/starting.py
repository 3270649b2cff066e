"""Whether a process may start with its cryptographic libraries, and serve with what is on record of them."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from compliance.desk.backends.modules.measuring import fips_is_asked_for, libraries_measure
from compliance.desk.domain.modules.certificates import contradictions
from compliance.desk.domain.modules.libraries import refusal_reasons
from compliance.desk.selectors.modules.certificates import certificates_current


def fips_check() -> None:
    """Refuse to start where the libraries contradict what is asked of them. Needs no database.

    Without `REQUIRE_FIPS` that is only where OpenSSL is set up for FIPS and has no such provider: there
    nothing could be signed or sealed, and the library's own error says nothing of the kind.

    Raises:
        ImproperlyConfigured: This process must not start; the message says why and what to do.
    """
    if not settings.REQUIRE_FIPS and not fips_is_asked_for():
        return  # the usual case, at no cost
    reasons = refusal_reasons(libraries_measure(), is_required=settings.REQUIRE_FIPS)
    if reasons:
        asked = "REQUIRE_FIPS is set" if settings.REQUIRE_FIPS else "OpenSSL is set up for FIPS"
        raise ImproperlyConfigured(
            f"{asked}, and what was measured contradicts it, so this process doesn't start.\n"
            + "".join(f"- {reason}\n" for reason in reasons)
            + "See docs/modules.md: set up a FIPS provider for each library, or take the setting back."
        )


def serving_check() -> None:
    """Refuse to serve where `REQUIRE_FIPS` is set and a certificate on record is for something else.

    Commands don't ask it: the database has to be there, and somebody has to be able to mend it.

    Raises:
        ImproperlyConfigured: This process must not serve; the message says why and what to do.
    """
    if not settings.REQUIRE_FIPS:
        return
    measured = {facts.library: facts for facts in libraries_measure()}
    claims = [row.claim for row in certificates_current()]
    reasons = [each for claim in claims for each in contradictions(claim, measured.get(claim.library))]
    if reasons:
        raise ImproperlyConfigured(
            "REQUIRE_FIPS is set, and a certificate on record contradicts what was measured, so this process "
            "doesn't serve.\n"
            + "".join(f"- {reason}\n" for reason in reasons)
            + "See docs/modules.md: set up the module that it's for, or start without the setting and record "
            "what CMVP says."
        )
