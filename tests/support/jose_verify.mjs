// Verifies tokens with npm's `jose`, an implementation that shares no line with ours.
// stdin: {"jwks", "issuer", "audience", "subject", "typ", "now", "tokens": [...]}
// stdout: {"thumbprints": [...], "results": [{"claims"} or {"error"}]}
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from "jose";
import { text } from "node:stream/consumers";

const input = JSON.parse(await text(process.stdin));
const keys = createLocalJWKSet(input.jwks);
const options = {
  algorithms: ["ES256"],
  typ: input.typ,
  issuer: input.issuer,
  audience: input.audience,
  subject: input.subject,
  currentDate: new Date(input.now * 1000),
  maxTokenAge: "15m",
  requiredClaims: ["iat", "nbf", "exp", "jti"],
};

async function verified(token) {
  try {
    return { claims: (await jwtVerify(token, keys, options)).payload };
  } catch (error) {
    return { error: error.code };
  }
}

const results = await Promise.all(input.tokens.map(verified));
const thumbprints = await Promise.all(input.jwks.keys.map((key) => calculateJwkThumbprint(key)));
console.log(JSON.stringify({ thumbprints, results }));
