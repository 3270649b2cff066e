// Follows a chain of trust with npm's `jose` from a pinned root to a release token, as an app's own code could.
// stdin: {"root": JWK, "answer": the trust endpoint's, "issuer", "audience", "subject", "token", "now"}
// stdout: {"root": kid, "delegation", "trust", "claims"}, or {"error", "at"}
import { calculateJwkThumbprint, importJWK, jwtVerify } from "jose";
import { text } from "node:stream/consumers";

const input = JSON.parse(await text(process.stdin));
const checks = { issuer: input.issuer, audience: input.audience, currentDate: new Date(input.now * 1000) };

async function verified(compact, jwks, typ, more = {}) {
  const keys = new Map(jwks.map((jwk) => [jwk.kid, jwk]));
  const keyOf = async (header) => importJWK(keys.get(header.kid) ?? {}, header.alg);
  const algorithms = [...new Set(jwks.map((jwk) => jwk.alg))];
  const options = { ...checks, algorithms, typ, requiredClaims: ["iat", "exp"], ...more };
  return jwtVerify(compact, keyOf, options);
}

let at = "rotations";
try {
  let root = input.root;
  for (const { old, new: agreed } of input.answer.rotations) {
    const { payload } = await verified(old, [root], "root-rotation+jws");
    await verified(agreed, [payload.new], "root-rotation+jws");
    root = payload.new;
  }
  at = "delegation";
  const delegation = (await verified(input.answer.delegation, [root], "delegation+jws")).payload;
  at = "trust";
  const trust = (await verified(input.answer.trust, delegation.keys, "trust+jws")).payload;
  at = "token";
  const keys = trust.keys.filter((key) => key.purpose === "release_token").map((key) => key.jwk);
  const more = { subject: input.subject, maxTokenAge: "15m" };
  const claims = (await verified(input.token, keys, "release+jwt", more)).payload;
  const names = await Promise.all([root, ...delegation.keys].map((jwk) => calculateJwkThumbprint(jwk)));
  if (names.some((name, i) => name !== [root, ...delegation.keys][i].kid)) throw new Error("thumbprint");
  console.log(JSON.stringify({ root: root.kid, delegation, trust, claims }));
} catch (error) {
  console.log(JSON.stringify({ error: error.code ?? error.message, at }));
}
