"""The way to an HSM's token: sessions, time-outs, forks, and what to do when it goes away.

One per process, and one thread of it that makes every call: python-pkcs11 sets libraries up with
`C_Initialize(NULL)`, which promises them a single thread (SoftHSM, called from several, deadlocked and
crashed). What needs more signatures at a time has more processes. A session that died is opened anew once.
A forked child starts over: PKCS#11 leaves a parent's sessions undefined there, and only some libraries
(SoftHSM among them) happen to survive it.
"""

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Final, TypeVar

import pkcs11
from django.conf import settings
from pkcs11 import Attribute, ObjectClass, Session, Token
from pkcs11 import exceptions as p11

from releaseconsole.kernel import clock
from signing.backends.call_thread import CallThread
from signing.domain.circuit import Circuit
from signing.errors import KeyUnavailableError

T = TypeVar("T")

logger = logging.getLogger(__name__)

# What says that the session or the token is gone, and not that the call was wrong.
_SESSION_IS_GONE: Final = (
    p11.SessionHandleInvalid,
    p11.SessionClosed,
    p11.UserNotLoggedIn,
    p11.DeviceRemoved,
    p11.DeviceError,
    p11.TokenNotPresent,
    p11.KeyHandleInvalid,
    p11.ObjectHandleInvalid,
)
# What is an answer, if not the one hoped for: the HSM is well.
_ANSWERS: Final = (
    p11.NoSuchKey,
    p11.MultipleObjectsReturned,
    p11.MechanismInvalid,
    p11.MechanismParamInvalid,
    p11.DomainParamsInvalid,
    p11.TemplateInconsistent,
    p11.TemplateIncomplete,
    p11.AttributeTypeInvalid,
    p11.AttributeValueInvalid,
    p11.FunctionNotSupported,
)
# Trying these again would lock the PIN, and with it everybody out.
_PIN_IS_WRONG: Final = (p11.PinIncorrect, p11.PinLocked, p11.PinExpired, p11.PinInvalid, p11.PinLenRange)


class TokenSession:
    """The session, with the keys that it has found; for the calling thread only."""

    def __init__(self, token: "HSMToken") -> None:
        self._token: Final = token
        self._session: Session | None = None
        self._keys: dict[tuple[ObjectClass, bytes, str], Any] = {}

    def session(self) -> Session:
        """Return the session, opened at first use."""
        if self._session is None:
            self._session = self._token.session_open()
        return self._session

    def forget(self) -> None:
        """Give up the session and what was found in it."""
        if self._session is not None:
            with suppress(p11.PKCS11Error):  # most often it is what is broken
                self._session.close()
        self._session = None
        self._keys.clear()

    def key(self, kind: ObjectClass, key_id: bytes, label: str) -> Any:
        """Find a key by id and label, once per session.

        Raises:
            NoSuchKey: There's none.
        """
        found = self._keys.get((kind, key_id, label))
        if found is None:
            found = self.session().get_key(object_class=kind, id=key_id, label=label)
            self._keys[kind, key_id, label] = found
        return found

    def destroy(self, key_id: bytes) -> None:
        """Destroy every object with this id."""
        for found in list(self.session().get_objects({Attribute.ID: key_id})):
            found.destroy()
        self._keys.clear()


class HSMToken:
    """One token of one PKCS#11 library, as the settings name it; made by `hsm_token`."""

    def __init__(self, module: str, label: str, timeout: float) -> None:
        self.module: Final = module
        self.label: Final = label
        self._timeout: Final = timeout
        self._circuit: Final = Circuit()
        self._thread: Final = CallThread()
        self._session: Final = TokenSession(self)
        self._pin_refused = False

    def run(self, work: Callable[[TokenSession], T], *, patience: int = 1) -> T:
        """Do `work` in a session; `patience` times as long as usual for what takes its time.

        Raises:
            KeyUnavailableError: The HSM can't, isn't there, or doesn't answer in time.
        """
        self._circuit.enter(clock.monotonic())
        try:
            result = self._thread.call(lambda: _twice(self._session, work), timeout=self._timeout * patience)
        except _ANSWERS as exc:
            self._circuit.succeeded()
            raise KeyUnavailableError(_SAID.get(type(exc), _described(exc))) from exc
        except p11.PKCS11Error as exc:
            self._circuit.failed(clock.monotonic())
            raise KeyUnavailableError(_described(exc)) from exc
        except KeyUnavailableError:
            self._circuit.failed(clock.monotonic())
            raise
        self._circuit.succeeded()
        return result

    def session_open(self) -> Session:
        """Open a session that may make keys, and log in.

        Raises:
            KeyUnavailableError: The PIN was refused before. It isn't tried again: a few times lock the token.
        """
        if self._pin_refused:
            raise KeyUnavailableError("The HSM refused the PIN; set it right and restart the console.")
        token = self._token()
        try:
            return token.open(rw=True, user_pin=settings.PKCS11_PIN)
        except p11.UserAlreadyLoggedIn:  # with a session that we believed dead
            return token.open(rw=True)
        except _PIN_IS_WRONG:
            self._pin_refused = True
            raise

    def _token(self) -> Token:
        library = pkcs11.lib(self.module)
        if self.module in _inherited:
            _inherited.discard(self.module)
            try:
                library.reinitialize()
            except p11.PKCS11Error:  # it noticed the fork itself, so there was nothing to end
                library.initialize()
        return library.get_token(token_label=self.label)


# Libraries that a parent process had set up, and this one hasn't yet.
_inherited: Final[set[str]] = set()


@cache
def _hsm_token(module: str, label: str, timeout: float) -> HSMToken:
    return HSMToken(module, label, timeout)


def hsm_token() -> HSMToken:
    """Return this process's way to the token that the settings name.

    Raises:
        KeyUnavailableError: They name none.
    """
    if not settings.PKCS11_MODULE or not settings.PKCS11_TOKEN:
        raise KeyUnavailableError("PKCS11_MODULE and PKCS11_TOKEN aren't set.")
    return _hsm_token(settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.KEY_BACKEND_TIMEOUT)


def hsm_tokens_forget() -> None:
    """Start over: sessions and refused PINs of this process are forgotten."""
    _inherited.update(pkcs11._loaded)  # noqa: SLF001 (the library keeps no other list of what it has set up)
    _hsm_token.cache_clear()


os.register_at_fork(after_in_child=hsm_tokens_forget)


def _twice(session: TokenSession, work: Callable[[TokenSession], T]) -> T:
    try:
        return work(session)
    except _SESSION_IS_GONE as exc:
        logger.warning("An HSM session ended (%s); opening another.", type(exc).__name__)
        session.forget()
        return work(session)
    except _ANSWERS:
        raise
    except p11.PKCS11Error:
        session.forget()
        raise


_SAID: Final[Mapping[type[Exception], str]] = {
    p11.NoSuchKey: "The HSM has no such key.",
    p11.MultipleObjectsReturned: "The HSM has several keys of that name.",
    p11.MechanismInvalid: "The HSM doesn't do this algorithm.",
}


def _described(exc: Exception) -> str:
    detail = f" ({exc})" if str(exc) else ""
    return f"The HSM can't do this: {type(exc).__name__}{detail}."
