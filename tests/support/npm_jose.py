"""Asks npm's `jose` for a second opinion on tokens and keys."""

from typing import Any

from tests.support.javascript import javascript_ask


def jose_verify(**question: Any) -> dict[str, Any]:
    """Run jose_verify.mjs: signed tokens."""
    result: dict[str, Any] = javascript_ask("jose_verify.mjs", "jose", question)
    return result


def jose_decrypt(**question: Any) -> list[dict[str, Any]]:
    """Run jose_decrypt.mjs: encrypted tokens, and the signed ones inside."""
    results: list[dict[str, Any]] = javascript_ask("jose_decrypt.mjs", "jose", question)
    return results


def jose_verify_remote(**question: str) -> dict[str, Any]:
    """Run jose_remote.mjs: the claims of one token, verified with the keys at `jwks_url`."""
    claims: dict[str, Any] = javascript_ask("jose_remote.mjs", "jose", question)
    return claims


def jose_chain(**question: Any) -> dict[str, Any]:
    """Run jose_chain.mjs: from a pinned root to the claims of a release token."""
    result: dict[str, Any] = javascript_ask("jose_chain.mjs", "jose", question)
    return result
