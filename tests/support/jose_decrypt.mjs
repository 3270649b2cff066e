// Opens nested tokens with npm's `jose` and verifies what is inside, as a device or an app's back end would.
// stdin: {"keys": {kid: {"alg", "pkcs8": base64}}, "jwks", "algorithms", "issuer", "audience", "subject", "typ",
//         "now", "tokens": [...]}
// stdout: [{"header", "claims"} or {"error"}]
import { compactDecrypt, createLocalJWKSet, jwtVerify } from "jose";
import { createPrivateKey } from "node:crypto";
import { text } from "node:stream/consumers";

const input = JSON.parse(await text(process.stdin));
const own = new Map(
  Object.entries(input.keys).map(([kid, { alg, pkcs8 }]) => [
    kid,
    { alg, key: createPrivateKey({ key: Buffer.from(pkcs8, "base64"), format: "der", type: "pkcs8" }) },
  ]),
);
const signers = createLocalJWKSet(input.jwks);

async function opened(token) {
  const { kid } = JSON.parse(Buffer.from(token.split(".")[0], "base64url"));
  const { alg, key } = own.get(kid);
  const { plaintext, protectedHeader } = await compactDecrypt(token, key, {
    keyManagementAlgorithms: [alg],
    contentEncryptionAlgorithms: ["A256GCM"],
  });
  if (protectedHeader.typ !== input.typ || protectedHeader.cty !== "JWT") throw new Error("another kind");
  const { payload } = await jwtVerify(plaintext, signers, {
    algorithms: input.algorithms,
    typ: input.typ,
    issuer: input.issuer,
    audience: input.audience,
    subject: input.subject,
    currentDate: new Date(input.now * 1000),
    maxTokenAge: "15m",
    requiredClaims: ["iat", "nbf", "exp", "jti"],
  });
  return { header: protectedHeader, claims: payload };
}

const results = input.tokens.map((token) => opened(token).catch((error) => ({ error: error.code ?? error.name })));
console.log(JSON.stringify(await Promise.all(results)));
