"""Start-up of the console itself: the KEK is installed, and the admin site is the OTP-verified one."""

import logging

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig

from releaseconsole.kernel import sealing
from releaseconsole.kernel.sealing import SealingError

logger = logging.getLogger(__name__)


class ReleaseConsoleConfig(AppConfig):
    """Wires what no single floor owns; holds the `console` and `doctor` commands."""

    name = "releaseconsole"
    label = "releaseconsole"

    def ready(self) -> None:
        """Install the KEK where there is one; what needs it fails with a clear error where there isn't."""
        try:
            if settings.KEK:
                sealing.kek_install(sealing.kek_parse(settings.KEK))
            elif settings.KEK_FILE.exists():
                sealing.kek_install(sealing.kek_read(settings.KEK_FILE))
        except SealingError as exc:
            logger.error("%s", exc.message)  # noqa: TRY400 (the doctor must still start; no traceback helps it)


class ReleaseConsoleAdminConfig(AdminConfig):
    """Django's admin with the console's own site class as the default site."""

    default_site = "releaseconsole.admin_site.ConsoleSite"
