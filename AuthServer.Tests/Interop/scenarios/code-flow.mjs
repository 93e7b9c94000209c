import * as oauth from 'oauth4webapi';
import { ISSUER, WEB_REDIRECT, API, assert, authorize, basic, discover, openid, app, refused, signIn, web } from '../client.mjs';

export async function Discovery_names_the_issuer_and_the_endpoints_by_both_rules() {
  for (const algorithm of ['oidc', 'oauth2']) {
    const config = await openid.discovery(new URL(ISSUER), 'web', undefined, basic(), { algorithm, execute: [openid.allowInsecureRequests] });
    const server = config.serverMetadata();
    assert.equal(server.issuer, ISSUER);
    assert.equal(server.supportsPKCE(), true);
    assert.equal(server.authorization_response_iss_parameter_supported, true);
    for (const endpoint of ['authorization', 'token', 'userinfo', 'introspection', 'revocation', 'end_session']) {
      assert.ok(server[`${endpoint}_endpoint`].startsWith(`${ISSUER}/`), endpoint);
    }
  }
}

export async function The_code_comes_back_by_query() {
  const config = await web();
  const { tokens, callback, pages } = await signIn(config);
  assert.ok(callback instanceof URL);
  assert.equal(pages[0], '/sign-in');
  assert.equal(tokens.token_type, 'bearer');
  assert.equal(tokens.expiresIn() > 800, true);
  assert.ok(tokens.refresh_token);
  assert.equal(tokens.claims().aud, 'web');
  assert.ok(tokens.claims().sub.startsWith('usr_'));
}

export async function The_code_comes_back_by_form_post() {
  const config = await web();
  const { tokens, callback } = await signIn(config, { response_mode: 'form_post' });
  assert.ok(callback instanceof Request);
  assert.equal(callback.method, 'POST');
  assert.equal(callback.url, WEB_REDIRECT);
  assert.ok(tokens.claims().sub);
}

export async function A_native_client_gets_its_code_on_any_loopback_port() {
  const { tokens, callback } = await signIn(await app());
  assert.equal(callback.port, '49152');
  assert.equal(tokens.claims().aud, 'app');
}

export async function The_ID_token_is_signed_with_the_algorithm_that_the_client_registered() {
  for (const algorithm of ['ES256', 'RS256']) {
    const config = await discover(algorithm === 'ES256' ? 'elliptic' : 'web', basic(), { id_token_signed_response_alg: algorithm });
    const { tokens } = await signIn(config);
    assert.equal(JSON.parse(Buffer.from(tokens.id_token.split('.')[0], 'base64url')).alg, algorithm);
  }
}

export async function The_access_token_passes_the_checks_of_RFC_9068() {
  const config = await web();
  const { tokens } = await signIn(config, { scope: 'openid things.read', resource: API });
  const request = new Request(API, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  const claims = await oauth.validateJwtAccessToken(config.serverMetadata(), request, API, { [oauth.allowInsecureRequests]: true, [oauth.clockTolerance]: 600 });
  assert.equal(claims.client_id, 'web');
  assert.equal(claims.sub, tokens.claims().sub);
  assert.equal(claims.scope, 'openid things.read');
}

export async function An_answer_with_another_state_nonce_or_issuer_is_not_believed() {
  const config = await web();
  const changed = (name, value) => async ({ callback, checks }) => {
    callback.searchParams.set(name, value);
    return openid.authorizationCodeGrant(config, callback, checks);
  };
  await assert.rejects(authorize(config).then(changed('state', 'another')), { code: 'OAUTH_INVALID_RESPONSE' });
  await assert.rejects(authorize(config).then(changed('iss', 'https://another.example')), { code: 'OAUTH_INVALID_RESPONSE' });
  await assert.rejects(signIn(config, { checks: { expectedNonce: 'another' } }), { code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' });
}

export async function A_code_works_once_and_only_with_its_verifier() {
  const config = await web();
  const { callback, checks } = await authorize(config);
  const redeem = verifier => openid.authorizationCodeGrant(config, callback, { ...checks, pkceCodeVerifier: verifier });
  await refused(redeem(openid.randomPKCECodeVerifier()), 'invalid_grant', 400);
  const tokens = await redeem(checks.pkceCodeVerifier);
  await refused(redeem(checks.pkceCodeVerifier), 'invalid_grant', 400);
  await refused(openid.refreshTokenGrant(config, tokens.refresh_token), 'invalid_grant', 400);
}

export async function A_refusal_on_the_consent_page_reaches_the_client() {
  const config = await web();
  for (const response_mode of ['query', 'form_post']) {
    await assert.rejects(signIn(config, { prompt: 'consent', answer: 'Deny', response_mode }), { error: 'access_denied' });
  }
}
