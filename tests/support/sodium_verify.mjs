// Verifies Ed25519 tokens with libsodium, which knows nothing of JOSE: bytes, a signature, a raw public key.
// stdin: {"x": base64url, as in the JWK, "tokens": [...]}; stdout: [true or false]
import sodium from "libsodium-wrappers";
import { text } from "node:stream/consumers";

const input = JSON.parse(await text(process.stdin));
await sodium.ready;

const decode = (part) => sodium.from_base64(part, sodium.base64_variants.URLSAFE_NO_PADDING);
const publicKey = decode(input.x);

function verified(token) {
  const end = token.lastIndexOf(".");
  try {
    return sodium.crypto_sign_verify_detached(decode(token.slice(end + 1)), token.slice(0, end), publicKey);
  } catch {
    return false; // not base64url, or of another length
  }
}

console.log(JSON.stringify(input.tokens.map(verified)));
