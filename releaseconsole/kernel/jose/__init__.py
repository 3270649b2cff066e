"""The one strict wrapper around JOSE: the rest of the console signs and verifies tokens only through here.

Pure: no Django, no I/O, no clock. Keys, kinds of token, expectations and `now` are arguments. Compact
serialisation only. The rules come from RFC 8725 and its successor; each gap of the library below that a
module closes is named there, and `tests/unit/kernel/` holds a refusal for each
(docs/adr/0004-strict-jose-wrapper.md).

    algorithms      the algorithms there are
    errors          what is refused, with a reason for the log and one message for everybody else
    strict_json     JSON without duplicate members or non-finite numbers
    headers         the protected header: exactly `alg`, `kid` and `typ`
    claim_rules     rules for the value of one claim
    kinds           a kind of token: its `typ`, algorithms, claims and longest life
    thumbprints     RFC 7638
    weak_keys       RSA keys and HMAC secrets that look right and aren't (`edwards`: points that do)
    private_keys    keys that sign, each bound to one algorithm (`hmac_keys`, and with a public half
                    `key_pairs`: `ec_keys`, `ed25519_keys`, `rsa_keys`)
    key_families    making, loading and importing a private key for an algorithm
    public_keys     keys that verify, each bound to one algorithm (`public_members`: their numbers)
    compact         opening a compact JWS strictly
    signing         the fast signer, and the checked way to it
    verification    the strict verifier of tokens
    foreign         the strict verifier of tokens that others issue (`foreign_keys`: their JWK Sets)
    raw_signatures  verifying what a key signed before it leaves
    documents       signed documents: longer than tokens, about nobody, kept and served again
    encryption      nested tokens: signed, then encrypted (`encryption_keys`, `encryption_headers`, `padding`)
    mac_tokens      the fast verifier of HMAC tokens that this server issued itself
"""
