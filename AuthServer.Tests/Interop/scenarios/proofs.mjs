import { ISSUER, EMAIL, app, assert, authorize, basic, discover, openid, refused, web } from '../client.mjs';

const newKey = async config => openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
const boundTo = async (DPoP, tokens) => {
  assert.equal(tokens.token_type, 'dpop');
  assert.equal(JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url')).cnf.jkt, await DPoP.calculateThumbprint());
};

/** The code flow with a key: dpop_jkt at the authorization endpoint, a proof with the server's nonce at the token endpoint. */
async function signIn(config) {
  const DPoP = await newKey(config);
  const request = await authorize(config, { dpop_jkt: await DPoP.calculateThumbprint() });
  const tokens = await openid.authorizationCodeGrant(config, request.callback, request.checks, undefined, { DPoP });
  await boundTo(DPoP, tokens);
  return { DPoP, tokens };
}

export async function A_code_flow_with_DPoP_binds_its_tokens_and_userinfo_takes_them() {
  for (const config of [await web(), await app()]) {
    const { DPoP, tokens } = await signIn(config);
    const person = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP });
    assert.equal(person.email, EMAIL);
    await assert.rejects(openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), { status: 401 });
  }
}

export async function A_refresh_with_DPoP_stays_with_its_key() {
  const config = await app();
  const { DPoP, tokens } = await signIn(config);
  const next = await openid.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  await boundTo(DPoP, next);
  await refused(openid.refreshTokenGrant(config, next.refresh_token, undefined, { DPoP: await newKey(config) }), 'invalid_grant', 400);
  await refused(openid.refreshTokenGrant(config, next.refresh_token), 'invalid_grant', 400);
  await boundTo(DPoP, await openid.refreshTokenGrant(config, next.refresh_token, undefined, { DPoP }));
}

export async function A_machine_gets_a_bound_token_and_introspection_says_so() {
  const config = await discover('machine', basic());
  assert.ok(config.serverMetadata().dpop_signing_alg_values_supported.includes('ES256'));
  const DPoP = await newKey(config);
  const tokens = await openid.clientCredentialsGrant(config, {}, { DPoP });
  await boundTo(DPoP, tokens);
  const seen = await openid.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual([seen.token_type, seen.cnf.jkt], ['DPoP', await DPoP.calculateThumbprint()]);
}

export async function A_protected_resource_tells_a_client_of_DPoP_what_is_wrong() {
  const config = await web();
  const { tokens } = await signIn(config);
  await assert.rejects(
    openid.fetchProtectedResource(config, tokens.access_token, new URL('/connect/userinfo', ISSUER), 'GET', null, undefined, { DPoP: await newKey(config) }),
    thrown => {
      assert.deepEqual([thrown.cause[0].scheme, thrown.cause[0].parameters.error], ['dpop', 'invalid_token']);
      assert.ok(thrown.cause[0].parameters.algs.split(' ').includes('ES256'));
      return true;
    });
}
