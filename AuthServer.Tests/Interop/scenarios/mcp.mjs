import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ISSUER } from '../client.mjs';
import { Person, assert, call, connect, fails, first, signingIn } from '../mcp-host.mjs';

const { API_KEY, PEER, LIBRARY } = process.env;

export async function An_MCP_host_signs_its_person_in_from_zero() {
  const person = new Person();
  const { client } = await signingIn(person, '/mcp/oauth', () => connect('/mcp/oauth', person));

  assert.deepEqual(person.pages, ['/sign-in', '/consent']);
  assert.equal(person.asked.searchParams.get('resource'), `${ISSUER}/mcp/oauth`);
  assert.match(person.client.client_id, /^dcr_/);
  assert.equal(client.getServerVersion().name, 'authserver');
  assert.ok((await client.listTools()).tools.length > 10);
  assert.ok((await call(client, 'list_agents')).data.length > 0);
  await client.close();
}

export async function An_MCP_host_is_asked_to_sign_in_when_a_tool_needs_it() {
  const person = new Person();
  const { client } = await connect('/mcp', person);
  assert.equal((await call(client, 'discover')).issuer, ISSUER);
  assert.equal(person.asked, undefined);
  const { data } = await signingIn(person, '/mcp', () => call(client, 'list_agents'));

  assert.equal(person.asked.searchParams.get('scope'), 'agents.read');
  assert.equal((await call(client, 'get_agent', { agent_id: data[0].id })).id, data[0].id);
}

export async function An_MCP_host_asks_for_more_when_a_tool_needs_more() {
  const person = new Person();
  const { client } = await signingIn(person, '/mcp/oauth', () => connect('/mcp/oauth', person));
  const { data: [{ id }] } = await call(client, 'list_agents');
  const made = await signingIn(person, '/mcp/oauth', () => call(client, 'create_credential', { agent_id: id, scopes: ['agents.read'] }));

  assert.equal(person.asked.searchParams.get('scope'), 'agents.read credentials.write');
  assert.match(made.raw_key, /^ak_live_/);
  assert.ok((await call(client, 'list_agents')).data.length > 0);
}

export async function An_agent_walks_the_usual_flow_by_tools_alone() {
  const { client } = await connect('/mcp');
  assert.ok((await call(client, 'discover')).grant_types_supported.includes('client_credentials'));
  const apiKey = await first(client, 'quickstart', { name: 'my-agent', agent_type: 'autonomous' });
  assert.match(apiKey, /^ak_live_/);
  const token = await first(client, 'authenticate', { api_key: apiKey });
  assert.match(token, /^eyJ/);
  const tokens = await call(client, 'authenticate', { api_key: apiKey });
  const { data: [me] } = await call(client, 'list_agents', { access_token: token, limit: 10, offset: 0 });
  const { is_root, is_active, name } = await call(client, 'get_agent', { agent_id: me.id, access_token: token });
  assert.deepEqual([is_root, is_active, name], [true, true, 'my-agent']);

  const key = await call(client, 'create_credential', { agent_id: me.id, access_token: token, scopes: ['api.read'] });
  const next = await call(client, 'rotate_credential', { credential_id: key.id, access_token: token });
  assert.equal(next.old_credential_id, key.id);
  await fails(client, 'authenticate', { api_key: key.raw_key }, 401);
  assert.deepEqual((await call(client, 'authenticate', { api_key: next.raw_key })).scopes, ['api.read']);
  assert.equal((await call(client, 'revoke_credential', { credential_id: next.id, access_token: token })).is_valid, false);

  const delegation = await call(client, 'create_delegation', {
    delegate_agent_id: PEER, scopes: ['api.read', 'agents.read'], access_token: token, max_chain_depth: 1, expires_in_hours: 24 });
  assert.equal(delegation.delegate_agent_id, PEER);
  assert.equal((await call(client, 'list_agents', { access_token: token })).meta.total, 2);

  assert.equal((await call(client, 'check_permission', { agent_id: me.id, action: 'write', resource: '/api/v1/credentials', access_token: token })).allowed, true);
  const given = await call(client, 'check_permission', { agent_id: PEER, action: 'read', resource: '/api/v1/agents', access_token: token });
  assert.equal(given.allowed, true);

  const fresh = await call(client, 'refresh_token', { refresh_token_value: tokens.refresh_token });
  assert.equal((await call(client, 'introspect_token', { token: fresh.access_token })).active, true);
  await call(client, 'revoke_token', { token: fresh.access_token });
  assert.deepEqual(await call(client, 'introspect_token', { token: fresh.access_token }), { active: false });
  await fails(client, 'list_agents', { access_token: fresh.access_token }, 401);
}

export async function A_host_that_starts_programs_uses_the_bridge() {
  const client = new Client({ name: 'authserver-tests', version: '1' });
  await client.connect(new StdioClientTransport({
    command: 'dotnet', args: [LIBRARY, 'mcp'], env: { ...process.env, AGENTAUTH_URL: ISSUER, AGENTAUTH_API_KEY: API_KEY } }));
  const token = await first(client, 'authenticate', {});

  assert.ok((await call(client, 'list_agents', { access_token: token })).data.length > 0);
  await fails(client, 'list_agents', {}, 401);
  await client.close();
}
