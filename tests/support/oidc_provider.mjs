// A real OpenID provider (npm oidc-provider) that tests give orders to, on one free port of localhost.
//
// Takes JSON in argv[2]: {clients: [...]}. Prints {"issuer": ...} once it listens. Whoever `accounts` names as
// `signing_in` is signed in without being asked. Orders are JSON posted to /_order; see `orders` below.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import * as jose from 'jose';

const { clients } = JSON.parse(process.argv[2]);
const adapter = createMemoryAdapter(); // outlives a change of keys
let state;
let provider;
let handle;
let key;
let logoutToken;

const seconds = () => Math.floor(Date.now() / 1000);

async function keyMade(alg = 'RS256') {
  const pair = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = await jose.exportJWK(pair.privateKey);
  return { ...jwk, alg, use: 'sig', kid: await jose.calculateJwkThumbprint(jwk) };
}

// The provider's own way to sign, and the ways of those who'd like to be the provider.
async function signed(claims, { alg = 'RS256', kid = key.kid, typ, secret, stranger } = {}) {
  if (alg === 'none') {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg, kid, typ })}.${part(claims)}.`;
  }
  const header = Object.fromEntries(Object.entries({ alg, kid, typ }).filter(([, value]) => value !== undefined));
  const signer = secret ? new TextEncoder().encode(secret)
    : await jose.importJWK(stranger ? await keyMade() : key, 'RS256');
  return new jose.SignJWT(claims).setProtectedHeader(header).sign(signer);
}

// What the token endpoint hands out, changed as a test wants it.
async function forged(token, accessToken) {
  const { claims = {}, without = [], tamper, at_hash: hashed, ...how } = state.forge;
  if (hashed) {
    const digest = createHash('sha256').update(accessToken).digest();
    claims.at_hash = digest.subarray(0, 16).toString('base64url');
  }
  if (tamper) {
    const [header, payload, signature] = token.split('.');
    const changed = { ...JSON.parse(Buffer.from(payload, 'base64url')), ...claims };
    return `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${signature}`;
  }
  const all = { ...jose.decodeJwt(token), ...claims };
  for (const name of without) delete all[name];
  return signed(all, how);
}

function findAccount(_ctx, sub) {
  const account = state.accounts[sub];
  return account && { accountId: sub, claims: async () => ({ sub, ...account.claims }) };
}

function providerMade(issuer) {
  const made = new Provider(issuer, {
    adapter,
    clients,
    jwks: { keys: [key] },
    findAccount,
    claims: {
      openid: ['sub', 'acr', 'amr'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'],
    },
    acrValues: ['urn:example:two', 'urn:example:one'],
    conformIdTokenClaims: false,
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    cookies: { keys: ['of tests only'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    fetch: async (_url, options) => { // the only request it makes: a logout token, which the test delivers
      logoutToken = new URLSearchParams(options.body).get('logout_token');
      return new Response(null, { status: 200 });
    },
    renderError: (ctx, out) => { ctx.type = 'json'; ctx.body = out; },
    ttl: { Session: 3600, Grant: 3600, AccessToken: 600, IdToken: 600, RefreshToken: 3600, Interaction: 600 },
  });
  made.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === 'token' && ctx.body?.id_token && state.forge) {
      ctx.body = { ...ctx.body, id_token: await forged(ctx.body.id_token, ctx.body.access_token) };
    }
    if (ctx.oidc?.route === 'discovery') ctx.body = { ...ctx.body, ...state.discovery };
  });
  return made;
}

function begin(issuer) {
  provider = providerMade(issuer);
  handle = provider.callback();
}

async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const sub = state.signing_in;
  const { acr, amr } = state.accounts[sub] ?? {};
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: sub, acr, amr } });
  }
  const grant = grantId ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(
    request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true },
  );
}

const orders = {
  reset: () => { state = { accounts: {}, signing_in: null, forge: null, broken: 0, discovery: {} }; },
  set: (changed) => Object.assign(state, changed), // accounts, signing_in, forge, broken, discovery
  console: ({ url }) => { // where its client, the console, is
    clients[0].redirect_uris = [`${url}/console/sso/callback/`];
    clients[0].backchannel_logout_uri = `${url}/console/sso/logout/`;
    begin(provider.issuer);
  },
  rotate: async () => {
    key = await keyMade();
    begin(provider.issuer);
  },
  sign: async ({ claims, ...how }) => ({ token: await signed({ iat: seconds(), ...claims }, how) }),
  logout: async ({ sub, sid }) => {
    await (await provider.Client.find(clients[0].client_id)).backchannelLogout(sub, sid);
    return { token: logoutToken };
  },
};

async function order(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { order: name, ...rest } = JSON.parse(Buffer.concat(chunks));
  const answer = await orders[name](rest);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer ?? {}));
}

const server = createServer((request, response) => {
  if (request.url === '/_order') return order(request, response);
  if (state.broken) {
    response.statusCode = state.broken;
    return response.end('not now');
  }
  if (request.url.startsWith('/interaction/')) return interact(request, response);
  return handle(request, response);
});

orders.reset();
key = await keyMade();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://localhost:${server.address().port}`;
  begin(issuer);
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
});
