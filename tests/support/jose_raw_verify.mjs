// Verifies compact JWS with npm's `jose` and the keys given, whatever the payload says.
// stdin: {"checks": [{"token", "jwk"}]}; stdout: [true or the error's code]
import { compactVerify, importJWK } from "jose";
import { text } from "node:stream/consumers";

async function verified({ token, jwk }) {
  try {
    await compactVerify(token, await importJWK(jwk, jwk.alg), { algorithms: [jwk.alg] });
    return true;
  } catch (error) {
    return error.code ?? String(error);
  }
}

const { checks } = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(await Promise.all(checks.map(verified))));
