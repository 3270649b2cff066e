"""What every view of the management API shares: which app, which permission, which body."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.errors import LengthRequiredError
from accounts.api.parsers import BoundedJSONParser
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.models import APIToken
from accounts.services.api_tokens import api_token_may, api_token_require
from releaseconsole.kernel.errors import NotFoundError


class ScopedView(GenericAPIView[Any]):
    """A view on one app: the token must be for it and carry the method's permission.

    The app is the one in the URL, or the token's own where the URL names none.
    """

    parser_classes = [BoundedJSONParser]
    http_method_names = ["get", "head", "post"]
    permissions: ClassVar[Mapping[str, Permission]]
    # Whether it's about the console as a whole, which only a token of no app is for.
    is_console_wide: ClassVar[bool] = False
    app_id: str

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, then authorize, before any of the body is read.

        Raises:
            MethodNotAllowed: The view has no such method.
            LengthRequiredError: The body comes in chunks.
            NotFoundError: An app that the token isn't for, or none: it learns no difference.
            PermissionDeniedError: The token lacks the permission.
        """
        super().initial(request, *args, **kwargs)
        method = "GET" if request.method == "HEAD" else str(request.method)
        permission = self.permissions.get(method)
        if permission is None:
            raise MethodNotAllowed(method)
        if "Transfer-Encoding" in request.headers:
            raise LengthRequiredError
        token = token_of(request)
        self.app_id = "" if self.is_console_wide else str(kwargs.get("app_id", token.app_id))
        try:
            channel = str(kwargs.get("channel", ""))
            api_token_require(token=token, permission=permission, app_id=self.app_id, channel=channel)
        except PermissionDeniedError:
            if self.is_console_wide or token.app_id == self.app_id:
                raise
            raise NotFoundError(f"There is no app {self.app_id}.") from None

    def may_as_well(self, token: APIToken, permission: Permission) -> bool:
        """Whether a token carries something else too, which adds to the answer; no denial if it doesn't."""
        return api_token_may(token=token, permission=permission, app_id=self.app_id)

    def listing(self, rows: QuerySet[Any]) -> Response:
        """Answer with one page of `rows`."""
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def cleaned(self, request: Request, shape: type[Any]) -> dict[str, Any]:
        """Return the body's values in the given shape; a ValidationError lists what is wrong."""
        serializer = shape(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values


def token_of(request: Request) -> APIToken:
    """Return the caller's token.

    Raises:
        NotAuthenticated: There is none; the permission check refused that before.
    """
    token = request.auth
    if not isinstance(token, APIToken):
        raise NotAuthenticated
    return token
