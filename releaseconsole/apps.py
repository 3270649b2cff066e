"""Start-up of the console itself: the KEK is installed, and the admin site is the OTP-verified one."""

import logging

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from releaseconsole.kernel.sealing import SealingError

logger = logging.getLogger(__name__)


class ReleaseConsoleConfig(AppConfig):
    """Wires what no single floor owns; holds the `console` and `doctor` commands."""

    name = "releaseconsole"
    label = "releaseconsole"

    def ready(self) -> None:
        """Install the KEK; what needs it fails with a clear error where there is none, or none yet.

        Before that, stop where OpenSSL isn't what it's set up to be: even the KEK couldn't be taken.
        """
        from compliance.desk.services.modules.starting import fips_check  # noqa: PLC0415 (models load first)

        fips_check()
        import releaseconsole.celery  # noqa: F401, PLC0415 (or pages would ask for tasks at Celery's default broker)
        import releaseconsole.checks  # noqa: F401, PLC0415 (registers them)
        from signing.services.kek import kek_install_configured, kek_is_there  # noqa: PLC0415 (models load first)

        try:
            if kek_is_there():
                kek_install_configured()
        except SealingError as exc:
            logger.error("%s", exc.message)  # noqa: TRY400 (the doctor must still start; no traceback helps it)


class ReleaseConsoleAdminConfig(AdminConfig):
    """Django's admin with the console's own site class as the default site."""

    default_site = "releaseconsole.admin_site.ConsoleSite"
