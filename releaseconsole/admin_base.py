"""The only module that imports the admin theme, so that the theme stays replaceable."""

from unfold.admin import ModelAdmin, TabularInline
from unfold.sites import UnfoldAdminSite

__all__ = ["ModelAdmin", "TabularInline", "UnfoldAdminSite"]
