"""Pages of the compliance officer."""

from django.urls import path

from compliance.desk.views.downloads import export_download
from compliance.desk.views.exports import (
    export_act,
    export_copy,
    export_list,
    export_new,
    export_page,
    export_progress,
)

app_name = "desk"

_EXPORT = "exports/<uuid:export_id>/"

urlpatterns = [
    path("exports/", export_list, name="exports"),
    path("exports/new/", export_new, name="export-new"),
    path(_EXPORT, export_page, name="export"),
    path(f"{_EXPORT}progress/", export_progress, name="export-progress"),
    path(f"{_EXPORT}pack.zip", export_download, name="export-download"),
    path(f"{_EXPORT}copies/", export_copy, name="export-copy"),
    *(
        path(f"{_EXPORT}{act}/", export_act, {"act": act}, name=f"export-{act}")
        for act in ("cancel", "retry", "remove")
    ),
]
