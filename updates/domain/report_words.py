"""What devices report, in words for who reads what one of them did; failures are `failure_words`."""

from typing import Final

from updates.domain.failure_words import failure_words

_TENTHS: Final = {f"download_{tens}": f"{tens} % of it was fetched" for tens in range(0, 100, 10)}
_WORDS: Final = _TENTHS | {
    "app_moved_to_foreground": "The app was opened",
    "app_moved_to_background": "The app was left",
    "app_launch_start": "The app started",
    "app_launch_ready": "The app said that it works",
    "app_launch_timeout": "The app didn't say in time that it works",
    "os_version_changed": "The system was updated",
    "native_app_version_changed": "The app was updated from the store",
    "ping": "The device said that it is there",
    "download_complete": "It was fetched",
    "download_zip_start": "The whole bundle began to be fetched",
    "download_zip_complete": "The whole bundle was fetched",
    "download_manifest_start": "The changed files began to be fetched",
    "download_manifest_complete": "The changed files were fetched",
    "blocked_by_server_url": "A development server is set, so nothing is fetched",
    "set_next": "It is up for the next start",
    "set": "It was started",
    "reset": "The device went back to the built-in bundle",
    "delete": "It was deleted from the device",
    "rate_limit_reached": "The plugin was told to ask less often",
    "app_crash": "The app crashed",
    "app_crash_native": "The app crashed in its native part",
    "app_anr": "The app hung",
    "app_killed_low_memory": "The system ended the app for want of memory",
    "app_killed_excessive_resource_usage": "The system ended the app for what it used",
    "app_initialization_failure": "The app couldn't start",
    "app_memory_warning": "The system warned the app about memory",
    "webview_javascript_error": "A script failed",
    "webview_unhandled_rejection": "A script failed in the background",
    "webview_resource_error": "A file of the page couldn't be loaded",
    "webview_security_policy_violation": "The page's security policy stopped something",
    "webview_unclean_restart": "The web view started again after a breakdown",
    "webview_render_process_gone": "The web view broke down",
    "webview_content_process_terminated": "The system ended the web view",
    "webview_dom_content_loaded": "The page was read",
    "webview_page_loaded": "The page was loaded",
}


def report_words(action: str) -> str:
    """Say what a reported action means; one that isn't known stays as it is."""
    return _WORDS.get(action) or failure_words(action)
