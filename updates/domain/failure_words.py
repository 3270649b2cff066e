"""What reported failures mean, in words for who wonders why an update didn't stay."""

from typing import Final

_WORDS: Final = {
    "update_fail": "It started, didn't say that it works, and was taken back",
    "set_fail": "It was fetched, but couldn't be started",
    "download_fail": "It couldn't be fetched",
    "finish_download_fail": "It was fetched, but couldn't be put in place",
    "low_mem_fail": "The device had too little memory",
    "insufficient_disk_space": "The device had too little space",
    "checksum_fail": "The fetched bytes weren't those that were announced",
    "checksum_required": "No checksum was announced, which the plugin asks for",
    "session_key_required": "It wasn't encrypted, which the plugin asks for",
    "decrypt_fail": "It couldn't be decrypted",
    "download_manifest_file_fail": "One of its files couldn't be fetched",
    "download_manifest_checksum_fail": "One of its files had other bytes than announced",
    "download_manifest_brotli_fail": "One of its files couldn't be unpacked",
    "manifest_path_fail": "The plugin refuses the name of one of its files",
    "unzip_fail": "It couldn't be unpacked",
    "directory_path_fail": "The plugin refuses the name of one of its folders",
    "canonical_path_fail": "The plugin refuses the name of one of its files",
    "windows_path_fail": "The plugin refuses the name of one of its files",
    "token_refused": "The signed decision didn't verify on the device",
}


def failure_words(action: str) -> str:
    """Say what a failing action means; one that isn't known stays as it is."""
    return _WORDS.get(action, action)
