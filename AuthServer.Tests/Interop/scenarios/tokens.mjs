import { API, EMAIL, app, assert, basic, discover, openid, refused, signIn, web } from '../client.mjs';

export async function A_client_introspects_its_own_tokens() {
  const config = await web();
  const { tokens } = await signIn(config);
  const access = await openid.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual(
    [access.active, access.client_id, access.sub, access.scope], [true, 'web', tokens.claims().sub, 'openid profile email offline_access']);
  const refresh = await openid.tokenIntrospection(config, tokens.refresh_token, { token_type_hint: 'refresh_token' });
  assert.deepEqual([refresh.active, refresh.client_id], [true, 'web']);
  assert.deepEqual(await openid.tokenIntrospection(config, 'no-token-at-all'), { active: false });
}

export async function An_API_introspects_the_tokens_made_for_it_and_no_others() {
  const client = await web();
  const api = await discover('api', basic());
  const { tokens } = await signIn(client, { scope: 'openid things.read', resource: API });
  const seen = await openid.tokenIntrospection(api, tokens.access_token);
  assert.deepEqual([seen.active, seen.aud, seen.scope], [true, API, 'openid things.read']);
  const other = await signIn(client);
  assert.deepEqual(await openid.tokenIntrospection(api, other.tokens.access_token), { active: false });
  assert.deepEqual(await openid.tokenIntrospection(api, other.tokens.refresh_token), { active: false });
}

export async function A_public_client_may_not_introspect() {
  const config = await app();
  const { tokens } = await signIn(config);
  await assert.rejects(openid.tokenIntrospection(config, tokens.access_token), { status: 401 });
}

export async function Userinfo_tells_what_the_scopes_allow() {
  const config = await web();
  const { tokens } = await signIn(config);
  const person = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.deepEqual([person.email, person.name], [EMAIL, 'Ada Lovelace']);
  const little = await signIn(config, { scope: 'openid' });
  assert.deepEqual(await openid.fetchUserInfo(config, little.tokens.access_token, person.sub), { sub: person.sub });
  await assert.rejects(openid.fetchUserInfo(config, tokens.access_token, 'usr_another'), { code: 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' });
}

export async function Userinfo_wants_a_token_made_for_this_server() {
  const config = await web();
  const { tokens } = await signIn(config, { scope: 'openid things.read', resource: API });
  await assert.rejects(openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), thrown => {
    assert.equal(thrown.cause[0].parameters.error, 'invalid_token');
    return true;
  });
}

export async function Revoking_a_refresh_token_ends_every_token_of_its_family() {
  const config = await web();
  const { tokens } = await signIn(config);
  const next = await openid.refreshTokenGrant(config, tokens.refresh_token);
  await openid.tokenRevocation(config, next.refresh_token, { token_type_hint: 'refresh_token' });
  await refused(openid.refreshTokenGrant(config, next.refresh_token), 'invalid_grant', 400);
  for (const token of [tokens.access_token, next.access_token, next.refresh_token]) {
    assert.deepEqual(await openid.tokenIntrospection(config, token), { active: false });
  }
  await openid.tokenRevocation(config, next.refresh_token);
}

export async function Revoking_an_access_token_ends_its_family() {
  const config = await app();
  const { tokens } = await signIn(config);
  await openid.tokenRevocation(config, tokens.access_token);
  await assert.rejects(openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), { status: 401 });
  await refused(openid.refreshTokenGrant(config, tokens.refresh_token), 'invalid_grant', 400);
}

export async function A_client_cannot_revoke_the_tokens_of_another() {
  const config = await web();
  const { tokens } = await signIn(config);
  await openid.tokenRevocation(await app(), tokens.refresh_token);
  await openid.tokenRevocation(await app(), tokens.access_token);
  assert.equal((await openid.tokenIntrospection(config, tokens.access_token)).active, true);
  assert.ok((await openid.refreshTokenGrant(config, tokens.refresh_token)).access_token);
}

export async function A_machines_token_ends_alone_when_it_is_revoked() {
  const config = await discover('machine', basic());
  const [one, other] = [await openid.clientCredentialsGrant(config, {}), await openid.clientCredentialsGrant(config, {})];
  await openid.tokenRevocation(config, one.access_token);
  assert.equal((await openid.tokenIntrospection(config, one.access_token)).active, false);
  assert.equal((await openid.tokenIntrospection(config, other.access_token)).active, true);
}
