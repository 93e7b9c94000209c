// A host of MCP servers, such as a desktop program, made of the protocol's own SDK. All of the SDK's checks stay on.
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Browser } from './browser.mjs';
import { ISSUER, EMAIL, PASSWORD } from './client.mjs';

/** What the host keeps of a server, and how it sends its person to sign in. */
export class Person {
  browser = new Browser(ISSUER);
  pages = [];
  redirectUrl = 'http://127.0.0.1:49152/callback';
  clientMetadata = {
    client_name: 'A host',
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };

  clientInformation = () => this.client;
  saveClientInformation = client => { this.client = client; };
  tokens = () => this.kept;
  saveTokens = tokens => { this.kept = tokens; };
  codeVerifier = () => this.verifier;
  saveCodeVerifier = verifier => { this.verifier = verifier; };

  /** Signs in and allows, over plain forms. */
  async redirectToAuthorization(url) {
    this.asked = url;
    let left = await this.browser.go(url);
    while (!left) {
      this.pages.push(this.browser.url.pathname);
      assert.ok(this.pages.length < 9, `The pages lead nowhere: ${this.pages.join(', ')}: ${this.browser.text}`);
      left = await (this.browser.url.pathname === '/sign-in' ? this.browser.submit({ Email: EMAIL, Password: PASSWORD }) : this.browser.submit({}, 'Allow'));
    }

    assert.equal(`${left.origin}${left.pathname}`, this.redirectUrl);
    assert.equal(left.searchParams.get('iss'), ISSUER);
    this.code = left.searchParams.get('code');
    assert.ok(this.code, left.href);
  }
}

/** A connected client, and its transport. */
export async function connect(path, authProvider) {
  const client = new Client({ name: 'authserver-tests', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(path, ISSUER), { authProvider });
  await client.connect(transport);
  return { client, transport };
}

/** Does what needs a token, is sent to sign in where there is none that is enough, and does it again. */
export async function signingIn(person, path, attempt) {
  await assert.rejects(attempt, UnauthorizedError);
  await new StreamableHTTPClientTransport(new URL(path, ISSUER), { authProvider: person }).finishAuth(person.code);
  return attempt();
}

/** The structured result of a tool, which the SDK has held against its schema. */
export async function call(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(!result.isError, JSON.stringify(result.content));
  return result.structuredContent;
}

/** As the seed's Python reads a result. */
export const first = async (client, name, args) => (await client.callTool({ name, arguments: args })).content[0].text;

/** The error that a tool gives its model. */
export async function fails(client, name, args, status) {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(result.isError, JSON.stringify(result));
  assert.equal(JSON.parse(result.content[0].text).status_code, status);
}

export { assert };
