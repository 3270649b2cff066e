"""Which class of key serves which algorithm; the one place to extend for a new algorithm."""

from collections.abc import Mapping
from typing import Final

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.private_keys import PrivateKey

_FAMILIES: Final[Mapping[Algorithm, type[PrivateKey]]] = {
    Algorithm.ES256: ES256Key,
    Algorithm.HS256: HS256Key,
}


def private_key_generate(algorithm: Algorithm) -> PrivateKey:
    """Make a new key for `algorithm`."""
    return _FAMILIES[algorithm].generate()


def private_key_load(algorithm: Algorithm, material: bytes) -> PrivateKey:
    """Load private material for the algorithm it was made for.

    Raises:
        KeyRefusedError: It is no key of that algorithm, or a weak one.
    """
    return _FAMILIES[algorithm].load(material)
