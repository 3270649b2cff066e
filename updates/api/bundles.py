"""`apps/{app_id}/bundles`: upload and list."""

from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from releaseconsole.kernel import clock
from updates.api.idempotency import answer_once
from updates.api.pagination import NewestFirstPagination
from updates.api.schema import IDEMPOTENCY_KEY
from updates.api.scope import AppView
from updates.api.serializers import BundleIn, BundleOut
from updates.api.uploads import BundleUploadHandler
from updates.domain.bundle_archive.errors import BundleTooLargeError
from updates.domain.native_plugins import native_packages_typed
from updates.models import Bundle
from updates.selectors.apps import bundles_of
from updates.services import bundle_add, bundle_check, bundle_refusal_record


class BundleList(AppView):
    """The bundles of an app."""

    serializer_class = BundleOut
    pagination_class = NewestFirstPagination
    parser_classes = [MultiPartParser]
    queryset: QuerySet[Bundle] = Bundle.objects.none()
    permissions = {"GET": Permission.APP_VIEW, "POST": Permission.BUNDLE_UPLOAD}

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Choose how a file is received, which must be done before anybody reads the body."""
        request.upload_handlers = [BundleUploadHandler(request)]
        return super().initialize_request(request, *args, **kwargs)

    @operation("bundles_list", ok={200: BundleOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the bundles of an app, newest first."""
        return self.listing(bundles_of(app=self.app))

    @operation(
        "bundle_upload",
        ok={201: BundleOut, 200: BundleOut},
        request={"multipart/form-data": BundleIn},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, **_: Any) -> Response:
        """Upload a bundle.

        201 for a new one; 200 if the same version has exactly this content already.
        """
        asked, actor = self._received(request), token_of(request).actor
        upload = Path(asked["file"].temporary_file_path())
        checked = bundle_check(
            app=self.app,
            version=asked["version"],
            upload=upload,
            native_packages=native_packages_typed(asked["native_packages"]),
            actor=actor,
        )

        def act() -> tuple[int, Any]:
            bundle, created = bundle_add(app=self.app, checked=checked, actor=actor)
            return 201 if created else 200, BundleOut(bundle).data

        fingerprint = {
            "version": checked.version,
            "sha256": checked.facts.sha256,
            "native_packages": checked.native_packages,
        }
        return answer_once(request, app=self.app, asked=fingerprint, act=act)

    def _received(self, request: Request) -> dict[str, Any]:
        try:
            return self.cleaned(request, BundleIn)
        except BundleTooLargeError as error:  # refused on the way in, before any service saw it
            actor = token_of(request).actor
            bundle_refusal_record(app_id=self.app.pk, version="", error=error, actor=actor, now=clock.now())
            raise
