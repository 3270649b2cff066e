"""The browsable page of the API: Swagger UI from the sidecar package, under the console's strict CSP.

drf-spectacular's own page has an inline style and an inline script; this one has neither.
"""

from typing import Any

from django.views.generic import TemplateView


class APIDocs(TemplateView):
    """The page; what it shows comes from `schema/`."""

    template_name = "api/docs.html"
    extra_context: dict[str, Any] = {"title": "Release Console API"}
