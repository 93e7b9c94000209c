// The installation that the tests start, as its clients see it. All of the library's checks stay on.
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import * as openid from 'openid-client';
import { Browser } from './browser.mjs';

export const { ISSUER, SECRET, PRIVATE_JWK, EMAIL, PASSWORD, API, WEB_REDIRECT, BYE } = process.env;

/** The redirect URI of the native client: any port of the loopback address. */
export const APP_REDIRECT = 'http://127.0.0.1:49152/callback';

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let skew = Number(process.env.CLOCK_SKEW);

/** Lets time pass on the server's clock; discover afterwards, so that the library's clock follows. */
export async function advance(seconds) {
  console.log(`advance ${seconds}`);
  const { value } = await input.next();
  assert.equal(value, 'ok', 'The test did not move the clock.');
  skew += seconds;
}

export const end = () => process.stdin.destroy();

export const basic = () => openid.ClientSecretBasic(SECRET);
export const post = () => openid.ClientSecretPost(SECRET);
export const none = () => openid.None();
export async function privateKeyJwt() {
  const jwk = JSON.parse(PRIVATE_JWK);
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return openid.PrivateKeyJwt({ key, kid: jwk.kid });
}

/** Discovers the server. ID token signatures are checked too, although they came over a direct connection. */
export async function discover(clientId, authentication, metadata = {}) {
  const config = await openid.discovery(
    new URL(ISSUER), clientId, { id_token_signed_response_alg: 'RS256', ...metadata, [openid.clockSkew]: skew }, authentication,
    { execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks] });
  return config;
}

export const web = () => discover('web', basic());
export const app = () => discover('app', none());

export const redirectOf = config => ({ app: APP_REDIRECT })[config.clientMetadata().client_id] ?? WEB_REDIRECT;

/** Sends the browser to the authorization endpoint and, where pages ask, signs in and allows. */
export async function authorize(config, { browser = new Browser(ISSUER), answer = 'Allow', ...parameters } = {}) {
  const verifier = openid.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier: verifier, expectedState: openid.randomState(), expectedNonce: openid.randomNonce(), idTokenExpected: true };
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectOf(config),
    scope: 'openid profile email offline_access',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...parameters,
  });
  const pages = [];
  let left = await browser.go(url);
  while (!left) {
    pages.push(browser.url.pathname);
    assert.ok(pages.length < 5, `The pages lead nowhere: ${pages.join(', ')}: ${browser.text}`);
    left = await (browser.url.pathname === '/sign-in' ? browser.submit({ Email: EMAIL, Password: PASSWORD })
      : browser.url.pathname === '/consent' ? browser.submit({}, answer)
      : browser.submit());
  }

  return { callback: left, checks, pages, browser };
}

/** The whole code flow: the tokens, and what led to them. */
export async function signIn(config, options = {}) {
  const request = await authorize(config, options);
  const tokens = await openid.authorizationCodeGrant(config, request.callback, { ...request.checks, ...options.checks });
  return { tokens, ...request };
}

/** The server refuses with this error and status; or the authorization response carries it. */
export const refused = (attempt, error, status) => assert.rejects(attempt, thrown => {
  assert.ok(thrown instanceof openid.ResponseBodyError || thrown instanceof openid.AuthorizationResponseError, thrown.stack);
  assert.deepEqual([thrown.error, thrown.status], [error, status]);
  return true;
});

export { assert, openid, Browser };
