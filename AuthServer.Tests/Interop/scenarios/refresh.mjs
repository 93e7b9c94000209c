import { advance, app, assert, openid, refused, signIn, web } from '../client.mjs';

const refresh = (config, token) => openid.refreshTokenGrant(config, token);
const dead = (config, token) => refused(refresh(config, token), 'invalid_grant', 400);

export async function A_refresh_gives_new_tokens_for_the_same_person() {
  const config = await web();
  const { tokens } = await signIn(config);
  const next = await refresh(config, tokens.refresh_token);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  assert.notEqual(next.access_token, tokens.access_token);
  assert.equal(next.claims().sub, tokens.claims().sub);
  assert.equal(next.claims().auth_time, tokens.claims().auth_time);
  await refused(openid.refreshTokenGrant(config, next.refresh_token, { scope: 'openid things.write' }), 'invalid_scope', 400);
  const narrow = await openid.refreshTokenGrant(config, next.refresh_token, { scope: 'openid email' });
  assert.equal(narrow.scope, 'openid email');
}

export async function Within_the_grace_a_public_client_gets_the_same_successor_again() {
  let config = await app();
  const { tokens } = await signIn(config);
  const first = await refresh(config, tokens.refresh_token);
  await advance(29);
  config = await app();
  const again = await refresh(config, tokens.refresh_token);
  assert.equal(again.refresh_token, first.refresh_token);
  assert.notEqual(again.access_token, first.access_token);
  const next = await refresh(config, again.refresh_token);
  assert.notEqual(next.refresh_token, again.refresh_token);
}

export async function After_the_grace_a_replay_ends_the_family_of_a_public_client() {
  let config = await app();
  const { tokens } = await signIn(config);
  const next = await refresh(config, tokens.refresh_token);
  await advance(31);
  config = await app();
  await dead(config, tokens.refresh_token);
  await dead(config, next.refresh_token);
  await assert.rejects(openid.fetchUserInfo(config, next.access_token, next.claims().sub), { status: 401 });
}

export async function Within_the_grace_a_replay_ends_the_family_once_the_successor_was_used() {
  const config = await app();
  const { tokens } = await signIn(config);
  const second = await refresh(config, tokens.refresh_token);
  const third = await refresh(config, second.refresh_token);
  await dead(config, tokens.refresh_token);
  await dead(config, third.refresh_token);
  await assert.rejects(openid.fetchUserInfo(config, third.access_token, tokens.claims().sub), { status: 401 });
}

export async function A_replay_ends_the_family_of_a_confidential_client_at_once() {
  const config = await web();
  const { tokens } = await signIn(config);
  const next = await refresh(config, tokens.refresh_token);
  await dead(config, tokens.refresh_token);
  await dead(config, next.refresh_token);
  for (const token of [tokens.access_token, next.access_token]) {
    assert.equal((await openid.tokenIntrospection(config, token)).active, false);
  }
}

export async function A_replay_ends_one_family_and_leaves_the_others_alone() {
  const config = await web();
  const one = await signIn(config);
  const other = await signIn(config, { browser: one.browser });
  await refresh(config, one.tokens.refresh_token);
  await dead(config, one.tokens.refresh_token);
  assert.ok((await refresh(config, other.tokens.refresh_token)).refresh_token);
}
