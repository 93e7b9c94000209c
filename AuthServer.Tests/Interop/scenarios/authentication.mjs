import { API, assert, basic, discover, none, openid, post, privateKeyJwt, refused, signIn } from '../client.mjs';

const forAClientsOwnToken = async (clientId, authentication) => {
  const config = await discover(clientId, await authentication());
  const tokens = await openid.clientCredentialsGrant(config, { scope: 'things.read', resource: API });
  assert.equal(tokens.scope, 'things.read');
  assert.equal(tokens.refresh_token, undefined);
  const { active, sub } = await openid.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual({ active, sub }, { active: true, sub: clientId });
};

const forACode = async (clientId, authentication) => {
  const config = await discover(clientId, await authentication());
  const { tokens } = await signIn(config);
  assert.equal(tokens.claims().aud, clientId);
  const next = await openid.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(next.claims().sub, tokens.claims().sub);
  await openid.tokenRevocation(config, next.refresh_token);
  await refused(openid.refreshTokenGrant(config, next.refresh_token), 'invalid_grant', 400);
};

const challenged = async attempt => {
  const thrown = await attempt.then(() => assert.fail('It was not refused.'), error => error);
  assert.ok(thrown instanceof openid.WWWAuthenticateChallengeError, thrown.stack);
  assert.deepEqual([thrown.status, thrown.cause[0].scheme], [401, 'basic']);
  assert.equal((await thrown.response.json()).error, 'invalid_client');
};

export const A_machine_authenticates_with_client_secret_basic = () => forAClientsOwnToken('machine', basic);
export const A_machine_authenticates_with_client_secret_post = () => forAClientsOwnToken('machine', post);
export const A_machine_authenticates_with_private_key_jwt = () => forAClientsOwnToken('signer', privateKeyJwt);

export async function A_client_without_credentials_gets_no_token_of_its_own() {
  const parameters = { scope: 'things.read' };
  await challenged(openid.clientCredentialsGrant(await discover('machine', none()), parameters));
  await refused(openid.clientCredentialsGrant(await discover('app', none()), parameters), 'unauthorized_client', 400);
}

export async function A_wrong_secret_is_refused_and_the_challenge_names_the_scheme() {
  await challenged(openid.clientCredentialsGrant(await discover('machine', openid.ClientSecretBasic('wrong')), {}));
}

export const A_code_is_redeemed_with_none = () => forACode('app', none);
export const A_code_is_redeemed_with_client_secret_basic = () => forACode('web', basic);
export const A_code_is_redeemed_with_client_secret_post = () => forACode('web', post);
export const A_code_is_redeemed_with_private_key_jwt = () => forACode('signer', privateKeyJwt);
