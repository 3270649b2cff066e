"""The console's admin site: nobody gets in on one factor."""

from releaseconsole.admin_base import UnfoldAdminSite


class ConsoleSite(UnfoldAdminSite):
    """The site that all console pages hang on."""
