// Computes the tags of HS256 tokens anew with crypto-js, as an app's old back end might.
// stdin: {"secret": base64url, "tokens": [...]}; stdout: [true or false]
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const require = createRequire(import.meta.url); // crypto-js is CommonJS; only what is needed is loaded
const hmacSHA256 = require("crypto-js/hmac-sha256");
const base64url = require("crypto-js/enc-base64url");

const input = JSON.parse(await text(process.stdin));
const secret = base64url.parse(input.secret);

function verified(token) {
  const end = token.lastIndexOf(".");
  return base64url.stringify(hmacSHA256(token.slice(0, end), secret)) === token.slice(end + 1);
}

console.log(JSON.stringify(input.tokens.map(verified)));
