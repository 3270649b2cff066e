"""What people type at the desk."""

from compliance.desk.forms.exports import CopyForm, ExportFilterForm, ExportOrderForm

__all__ = ["CopyForm", "ExportFilterForm", "ExportOrderForm"]
