"""The two documents by which phones let an app open links to this host.

Only what is below `/beta/open/` is the apps'. An invite is read in a browser: joining asks for consent.
"""

from collections.abc import Iterable
from typing import Any


def apple_association(apps: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """Write `apple-app-site-association` of apps, each as (app id here, team id, bundle identifier)."""
    details = [
        {
            "appIDs": [f"{team_id}.{bundle_id}"],
            "components": [{"/": f"/beta/open/{app_id}/*", "comment": "Joining a beta with a code."}],
        }
        for app_id, team_id, bundle_id in apps
    ]
    return {"applinks": {"details": details}}


def android_asset_links(apps: Iterable[tuple[str, list[str]]]) -> list[dict[str, Any]]:
    """Write `assetlinks.json` of apps, each as (package, fingerprints of its signing certificates)."""
    return [
        {
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": {
                "namespace": "android_app",
                "package_name": package,
                "sha256_cert_fingerprints": fingerprints,
            },
        }
        for package, fingerprints in apps
    ]
