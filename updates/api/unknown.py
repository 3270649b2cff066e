"""Every other address below `/api/v1/`: a problem document, not a page."""

from typing import NoReturn

from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


class Unknown(APIView):
    """Nothing is here, with or without a token."""

    authentication_classes = []
    permission_classes = [AllowAny]

    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> NoReturn:  # noqa: ARG002 (its signature)
        """Refuse.

        Raises:
            NotFound: Always.
        """
        raise NotFound("There is no such address in this API; /api/v1/schema/ lists all.")
