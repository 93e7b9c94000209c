import { BYE, advance, assert, authorize, openid, signIn, web } from '../client.mjs';

const expectError = async (config, attempt, error) => {
  const { callback, checks } = await attempt;
  await assert.rejects(openid.authorizationCodeGrant(config, callback, checks), thrown => {
    assert.ok(thrown instanceof openid.AuthorizationResponseError, thrown.stack);
    assert.equal(thrown.error, error);
    return true;
  });
};

export async function Prompt_none_answers_without_a_page_while_the_person_is_signed_in() {
  const config = await web();
  const first = await signIn(config);
  const second = await signIn(config, { browser: first.browser, prompt: 'none', id_token_hint: first.tokens.id_token });
  assert.deepEqual(second.pages, []);
  assert.equal(second.tokens.claims().sub, first.tokens.claims().sub);
  assert.equal(second.tokens.claims().auth_time, first.tokens.claims().auth_time);
}

export async function Prompt_none_says_that_nobody_is_signed_in() {
  const config = await web();
  for (const response_mode of ['query', 'form_post']) {
    await expectError(config, authorize(config, { prompt: 'none', response_mode }), 'login_required');
  }
}

export async function Prompt_login_asks_for_the_password_again() {
  let config = await web();
  const { browser, tokens } = await signIn(config);
  await advance(2);
  config = await web();
  const again = await signIn(config, { browser, prompt: 'login', checks: { maxAge: 1 } });
  assert.deepEqual(again.pages, ['/sign-in']);
  assert.ok(again.tokens.claims().auth_time > tokens.claims().auth_time);
}

export async function Max_age_asks_again_when_the_sign_in_is_too_old() {
  let config = await web();
  const { browser } = await signIn(config);
  const fresh = await signIn(config, { browser, max_age: 60, checks: { maxAge: 60 } });
  assert.deepEqual(fresh.pages, []);
  await advance(61);
  config = await web();
  await expectError(config, authorize(config, { browser, max_age: 60, prompt: 'none' }), 'login_required');
  const again = await signIn(config, { browser, max_age: 60, checks: { maxAge: 60 } });
  assert.deepEqual(again.pages, ['/sign-in']);
  assert.ok(again.tokens.claims().auth_time > fresh.tokens.claims().auth_time);
}

export async function Logout_ends_the_session_and_comes_back_to_the_client() {
  const config = await web();
  const { tokens, browser } = await signIn(config);
  const logout = openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: BYE, state: 'st/1' });
  const left = await browser.go(logout);
  assert.equal(left?.href, `${BYE}?state=st%2F1`, browser.text);
  await expectError(config, authorize(config, { browser, prompt: 'none' }), 'login_required');
  await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
  assert.equal((await openid.tokenIntrospection(config, tokens.access_token)).active, false);
}

export async function Logout_without_a_hint_asks_the_person_first() {
  const config = await web();
  const { browser } = await signIn(config);
  const logout = openid.buildEndSessionUrl(config, { post_logout_redirect_uri: BYE });
  assert.equal(await browser.go(logout), null);
  assert.equal(browser.url.pathname, '/sign-out');
  const still = await authorize(config, { browser, prompt: 'none' });
  assert.ok(still.callback.searchParams.has('code'));
  await browser.go(logout);
  const left = await browser.submit({}, 'Sign out');
  assert.equal(left?.href, BYE, browser.text);
  await expectError(config, authorize(config, { browser, prompt: 'none' }), 'login_required');
}
