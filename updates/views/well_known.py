"""`/.well-known/apple-app-site-association` and `/.well-known/assetlinks.json`: which apps open our links.

Public by nature: phones fetch them before anybody signs in. They name apps that filled in where they are in
the stores, and nothing else.
"""

from typing import Final

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from updates.domain.testers.associations import android_asset_links, apple_association
from updates.selectors.testers import presences

_MAX_AGE: Final = 300


@require_safe
@cache_control(public=True, max_age=_MAX_AGE)
def apple_app_site_association(_request: HttpRequest) -> JsonResponse:
    """Apps on iOS."""
    named = presences().exclude(ios_team_id="").exclude(ios_bundle_id="")
    return JsonResponse(apple_association(named.values_list("app_id", "ios_team_id", "ios_bundle_id")))


@require_safe
@cache_control(public=True, max_age=_MAX_AGE)
def asset_links(_request: HttpRequest) -> JsonResponse:
    """Apps on Android."""
    named = presences().exclude(android_package="").exclude(android_fingerprints=[])
    links = android_asset_links(named.values_list("android_package", "android_fingerprints"))
    return JsonResponse(links, safe=False)
