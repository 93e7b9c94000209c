// node oidc-provider.mjs: an OpenID provider that others wrote, on loopback. Everybody may sign in, under whatever name they type.
// One line on stdout says where it is; it ends with its standard input.
import Provider, { errors } from 'oidc-provider';

const { PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URIS, ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS } = process.env;
const issuer = `http://localhost:${PORT}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    redirect_uris: REDIRECT_URIS.split(' '),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }],
  scopes: ['openid', 'profile', 'email', 'offline_access', 'files.read'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },

  // As Google does: what was asked for by scope is in the ID token.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
  ttl: {
    AccessToken: Number(ACCESS_TOKEN_SECONDS),
    RefreshToken: Number(REFRESH_TOKEN_SECONDS),
    AuthorizationCode: 60,
    IdToken: 300,
    Grant: 3600,
    Interaction: 600,
    Session: 3600,
  },
  features: { devInteractions: { enabled: true }, revocation: { enabled: true }, introspection: { enabled: true } },
  cookies: { keys: ['a key for tests only'] },
  async findAccount(ctx, id) {
    return {
      accountId: id,
      claims: async () => ({ sub: id, email: `${id}@idp.example`, email_verified: true, name: `${id} of the provider` }),
    };
  },
});

// An API that checks its access tokens.
provider.use(async (ctx, next) => {
  if (ctx.path !== '/files') {
    return next();
  }

  const token = await provider.AccessToken.find((ctx.get('authorization') ?? '').replace(/^Bearer /i, ''));
  if (token === undefined || token.isExpired) {
    ctx.status = 401;
    ctx.body = { error: new errors.InvalidToken('expired or unknown').error };
    return undefined;
  }

  ctx.body = { owner: token.accountId, files: ['letter.txt'] };
  return undefined;
});

provider.listen(Number(PORT), '127.0.0.1', () => console.log(`ready ${issuer}`));
process.stdin.on('end', () => process.exit(0)).resume();
