// Verifies one token with npm's `jose`, fetching the keys as an app's back end would: from the JWKS URL.
// stdin: {"jwks_url", "issuer", "audience", "subject", "token"}; stdout: the claims, or the run fails.
import { createRemoteJWKSet, jwtVerify } from "jose";
import { text } from "node:stream/consumers";

const input = JSON.parse(await text(process.stdin));
const keys = createRemoteJWKSet(new URL(input.jwks_url));
const { payload } = await jwtVerify(input.token, keys, {
  algorithms: ["ES256"],
  typ: "release+jwt",
  issuer: input.issuer,
  audience: input.audience,
  subject: input.subject,
  maxTokenAge: "15m",
  requiredClaims: ["iat", "nbf", "exp", "jti", "decision", "decision_seq"],
});
console.log(JSON.stringify(payload));
