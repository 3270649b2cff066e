// Verifies tokens with npm's `jose`, an implementation that shares no line with ours.
// stdin: {"jwks", "issuer", "audience", "subject", "typ", "now", "tokens": [...]}, and if there are others than
// ES256 "algorithms": [...], and for HS256 "secrets": {kid: base64url}
// stdout: {"thumbprints": [...], "results": [{"claims"} or {"error"}]}
import { base64url, calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from "jose";
import { text } from "node:stream/consumers";

const input = JSON.parse(await text(process.stdin));
const published = createLocalJWKSet(input.jwks);
const secrets = new Map(Object.entries(input.secrets ?? {}));
const options = {
  algorithms: input.algorithms ?? ["ES256"],
  typ: input.typ,
  issuer: input.issuer,
  audience: input.audience,
  subject: input.subject,
  currentDate: new Date(input.now * 1000),
  maxTokenAge: "15m",
  requiredClaims: ["iat", "nbf", "exp", "jti"],
};

function keyOf(header, token) {
  return secrets.has(header.kid) ? base64url.decode(secrets.get(header.kid)) : published(header, token);
}

async function verified(token) {
  try {
    return { claims: (await jwtVerify(token, keyOf, options)).payload };
  } catch (error) {
    return { error: error.code ?? error.name };
  }
}

const results = await Promise.all(input.tokens.map(verified));
const thumbprints = await Promise.all(input.jwks.keys.map((key) => calculateJwkThumbprint(key)));
console.log(JSON.stringify({ thumbprints, results }));
