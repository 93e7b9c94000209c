using AuthServer.Applications;
using AuthServer.Approvals;
using AuthServer.Http.DPoP;
using AuthServer.Mail;

namespace AuthServer;

/// <summary>Every setting of the server, bound from <c>AuthServer:*</c>. Defaults stand here and, explained, in appsettings.json.
/// Read once at start, through <see cref="Configuration.SettingsCheck"/>; nothing reads the configuration afterwards.</summary>
public sealed class AuthServerOptions
{
    /// <summary>The https URL under which clients reach this server, without a trailing slash. None: derived from <c>Urls</c> in Development.</summary>
    /// <remarks>Required in Production. Refused: http but in Development on loopback, a path, a query, a slash at the end, a spelling that is not the normal one.</remarks>
    public string? Issuer { get; set; }

    /// <summary>What relative paths are relative to. None: the folder with <c>AuthServer.sln</c>, else the working directory.</summary>
    public string? Home { get; set; }

    public DatabaseOptions Database { get; set; } = new();

    public KeyOptions Keys { get; set; } = new();

    public BootstrapOptions Bootstrap { get; set; } = new();

    public TokenOptions Tokens { get; set; } = new();

    public SignUpOptions SignUp { get; set; } = new();

    public SignInOptions SignIn { get; set; } = new();

    public QuickstartOptions Quickstart { get; set; } = new();

    public AuditOptions Audit { get; set; } = new();

    public RateLimitOptions RateLimits { get; set; } = new();

    public OutboundOptions Outbound { get; set; } = new();

    public RegistrationOptions Registration { get; set; } = new();

    public ApprovalOptions Approvals { get; set; } = new();

    public WebhookOptions Webhooks { get; set; } = new();

    public MailOptions Mail { get; set; } = new();

    public VaultOptions Vault { get; set; } = new();

    /// <summary>Addresses or networks (CIDR) whose forwarded headers are believed.</summary>
    /// <remarks>Refused: what is neither an address nor a network.</remarks>
    public List<string> Proxies { get; set; } = [];

    public List<ApplicationSettings> Clients { get; set; } = [];

    public List<ResourceSettings> Resources { get; set; } = [];

    public List<UserSettings> Users { get; set; } = [];

    /// <summary>Whether there is one demo person and one demo client with random secrets, printed at start. None: in Development yes, else no.</summary>
    /// <remarks>Development only.</remarks>
    public bool? Demo { get; set; }

    /// <summary>Where everything is stored.</summary>
    public sealed class DatabaseOptions
    {
        /// <summary><c>Sqlite</c> (one file, no server) or <c>PostgreSql</c>; migrated at start.</summary>
        /// <remarks>Refused: any other word.</remarks>
        public string Provider { get; set; } = "Sqlite";

        /// <summary>How the database is reached. A secret.</summary>
        /// <remarks>Refused: a reference that leads nowhere.</remarks>
        public string ConnectionString { get; set; } = "Data Source=data/authserver.db";
    }

    /// <summary>The keys of this installation.</summary>
    public sealed class KeyOptions
    {
        /// <summary>The folder with this installation's master key and what is sealed by it. Back it up together with the database.</summary>
        public string Directory { get; set; } = "keys";

        /// <summary>Where the master key is: <c>file:</c>, <c>env:</c> or <c>command:</c>. Null: a file in <see cref="Directory"/>.</summary>
        /// <remarks>Refused: one that cannot be read, or that does not open what is sealed.</remarks>
        public string? MasterKey { get; set; }

        /// <summary>How long a key signs before its successor does.</summary>
        /// <remarks>Refused: not longer than <c>PublishAhead</c>.</remarks>
        public TimeSpan RotateEvery { get; set; } = TimeSpan.FromDays(90);

        /// <summary>How long a key is published before it may sign: longer than verifiers cache the JWKS.</summary>
        /// <remarks>Refused: less than five minutes.</remarks>
        public TimeSpan PublishAhead { get; set; } = TimeSpan.FromHours(1);
    }

    /// <summary>The first administrator.</summary>
    public sealed class BootstrapOptions
    {
        /// <summary>The first administrator's address. None: the first start prints a one-time set-up link.</summary>
        /// <remarks>Refused: one of the two without the other.</remarks>
        public string? AdminEmail { get; set; }

        /// <summary>The first administrator's password. None: see <c>AdminEmail</c>.</summary>
        public string? AdminPassword { get; set; }
    }

    /// <summary>Lifetimes; a client's own settings come first.</summary>
    public sealed class TokenOptions
    {
        /// <summary>How long an authorization code can be redeemed.</summary>
        /// <remarks>Refused: zero, or more than ten minutes.</remarks>
        public TimeSpan Code { get; set; } = TimeSpan.FromSeconds(60);

        /// <summary>How long an access token lasts.</summary>
        /// <remarks>Refused: zero, or more than a day.</remarks>
        public TimeSpan AccessToken { get; set; } = TimeSpan.FromMinutes(15);

        /// <summary>How long an ID token lasts.</summary>
        /// <remarks>Refused: zero, or more than a day.</remarks>
        public TimeSpan IdToken { get; set; } = TimeSpan.FromMinutes(15);

        /// <summary>From one refresh to the next; zero: no idle limit.</summary>
        /// <remarks>Refused: more than 3650 days.</remarks>
        public TimeSpan RefreshIdle { get; set; } = TimeSpan.FromDays(7);

        /// <summary>From the first refresh token of a family to the end of its last.</summary>
        /// <remarks>Refused: zero, or more than 3650 days.</remarks>
        public TimeSpan RefreshAbsolute { get; set; } = TimeSpan.FromDays(30);

        /// <summary>How long a used refresh token of a public client is answered with the same successor again. Confidential clients: not at all, unless their own settings say so.</summary>
        /// <remarks>Refused: more than ten minutes.</remarks>
        public TimeSpan RefreshGrace { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>How long a remembered consent lasts.</summary>
        /// <remarks>Refused: zero, or more than 3650 days.</remarks>
        public TimeSpan Consent { get; set; } = TimeSpan.FromDays(365);

        /// <summary>How long a sign-in session lasts.</summary>
        /// <remarks>Refused: zero, or more than 30 days.</remarks>
        public TimeSpan Session { get; set; } = TimeSpan.FromDays(14);

        public DPoPOptions DPoP { get; set; } = new();
    }

    /// <summary>How fresh the proofs must be that come with tokens bound to a key (RFC 9449).</summary>
    public sealed class DPoPOptions
    {
        /// <summary>Where a proof must hold a nonce of this server, which shows that it was made just now.</summary>
        public NonceRequirement RequireNonce { get; set; } = NonceRequirement.TokenEndpoint;

        /// <summary>How long after it was made a proof is accepted.</summary>
        /// <remarks>Refused: less than ten seconds, more than ten minutes.</remarks>
        public TimeSpan ProofLifetime { get; set; } = TimeSpan.FromMinutes(1);

        /// <summary>How long a nonce is accepted at most.</summary>
        /// <remarks>Refused: less than ten seconds, more than ten minutes.</remarks>
        public TimeSpan NonceLifetime { get; set; } = TimeSpan.FromMinutes(5);
    }

    /// <summary>Who may register.</summary>
    public sealed class SignUpOptions
    {
        /// <summary>Who may register as a person. None: <c>Open</c> in Development, <c>Invite</c> in Production.</summary>
        public SignUpMode? People { get; set; }

        /// <summary>Who may make an organization, and with it agents. None: as above.</summary>
        public SignUpMode? Developers { get; set; }

        /// <summary>Which agents may register themselves. None: as above.</summary>
        public SignUpMode? Agents { get; set; }
    }

    /// <summary>Ways to sign in besides those of this server.</summary>
    public sealed class SignInOptions
    {
        /// <summary>Other OpenID providers by which people can sign in.</summary>
        public List<ExternalOptions> External { get; set; } = [];
    }

    /// <summary>Another OpenID provider.</summary>
    public sealed class ExternalOptions
    {
        /// <summary><c>google</c> or <c>microsoft</c>, of which all is known but the app, or a word for another.</summary>
        /// <remarks>Refused: the same twice.</remarks>
        public string? Id { get; set; }

        /// <summary>As people know it.</summary>
        public string? Name { get; set; }

        /// <summary>Exactly as its ID tokens say it; <c>{tid}</c> in it is the token's own.</summary>
        public string? Issuer { get; set; }

        /// <summary>Where its discovery document is. Null: where the issuer says.</summary>
        public string? Discovery { get; set; }

        /// <summary>Null for <c>google</c> and <c>microsoft</c>: the installation's shared app of the vault.</summary>
        /// <remarks>Refused: none, where there is no shared app.</remarks>
        public string? ClientId { get; set; }

        /// <summary>The secret, or a reference to it. Null: a public client.</summary>
        public string? ClientSecret { get; set; }

        /// <summary>Empty: <c>openid profile email</c>.</summary>
        public List<string> Scopes { get; set; } = [];

        /// <summary>Whose accounts may sign in, where the issuer has tenants; empty: everybody's.</summary>
        public List<string> Tenants { get; set; } = [];

        /// <summary>The connection of the vault that keeps what people agree to. Null: tokens are dropped.</summary>
        public string? Connection { get; set; }

        /// <summary>An image as <c>data:</c> address.</summary>
        public string? Logo { get; set; }
    }

    /// <summary>Agents that register themselves, until a person claims them.</summary>
    public sealed class QuickstartOptions
    {
        /// <summary>How long an agent lives that nobody claims.</summary>
        /// <remarks>Refused: less than an hour, more than 90 days.</remarks>
        public TimeSpan Unclaimed { get; set; } = TimeSpan.FromDays(7);

        /// <summary>How many there may be at the same time.</summary>
        /// <remarks>Refused: less than one.</remarks>
        public int MostUnclaimed { get; set; } = 10_000;

        /// <summary>How many of them may come from one network: an IPv4 address, or an IPv6 /64.</summary>
        /// <remarks>Refused: less than one.</remarks>
        public int MostPerNetwork { get; set; } = 100;

        /// <summary>How many of them may come from the networks around it: an IPv4 /24, or an IPv6 /56.</summary>
        /// <remarks>Refused: less than one.</remarks>
        public int MostPerNeighbourhood { get; set; } = 1000;
    }

    /// <summary>The trail.</summary>
    public sealed class AuditOptions
    {
        /// <summary>How long events are kept, except those of organizations with a retention of their own. Null: for ever.</summary>
        /// <remarks>Refused: less than a day.</remarks>
        public TimeSpan? Retention { get; set; }
    }

    /// <summary>What may be tried how often.</summary>
    public sealed class RateLimitOptions
    {
        /// <summary>Per address and minute, of what fails or stores something before anybody is authenticated.</summary>
        /// <remarks>Refused: less than one.</remarks>
        public int PerAddress { get; set; } = 30;

        /// <summary>Per minute, of sign-in attempts on one account from one address.</summary>
        /// <remarks>Refused: less than one.</remarks>
        public int SignIn { get; set; } = 10;

        /// <summary>Per minute, of REST API calls with one key, token or session; of questions to the policies by one agent; of tokens that one network has verified without
        /// a credential; of tokens for an agent that nobody has claimed and all that it made.</summary>
        /// <remarks>Refused: less than one.</remarks>
        public int PerKey { get; set; } = 300;

        /// <summary>Authorization requests of one address that may wait for a person at the same time.</summary>
        /// <remarks>Refused: less than one.</remarks>
        public int OpenRequests { get; set; } = 20;

        /// <summary>Agents that one address may try to register in a minute without a credential.</summary>
        /// <remarks>Refused: less than one.</remarks>
        public int NewAgents { get; set; } = 5;
    }

    /// <summary>What this server fetches from others.</summary>
    public sealed class OutboundOptions
    {
        /// <summary><c>host:port</c> from which documents may be fetched, also by plain http, although it is not public.</summary>
        /// <remarks>Refused: what is not <c>host:port</c> in lower case.</remarks>
        public List<string> AllowedPrivateHosts { get; set; } = [];
    }

    /// <summary>Messages to organizations about their own events.</summary>
    public sealed class WebhookOptions
    {
        /// <summary>Whether organizations may have messages sent.</summary>
        public bool Enabled { get; set; } = true;

        /// <summary>How often one message is sent before it is given up.</summary>
        /// <remarks>Refused: less than 1, more than 20.</remarks>
        public int Attempts { get; set; } = 5;

        /// <summary>How long nothing may have reached a webhook before it is disabled.</summary>
        /// <remarks>Refused: less than a day, more than 365.</remarks>
        public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);

        /// <summary>How long deliveries stay in the log.</summary>
        /// <remarks>Refused: less than a day more than <c>DisableAfter</c>, more than 365 days.</remarks>
        public TimeSpan LogKept { get; set; } = TimeSpan.FromDays(30);

        /// <summary><c>host:port</c> that any organization may send to, also by plain http, although it is not public.</summary>
        /// <remarks>Refused: what is not <c>host:port</c> in lower case.</remarks>
        public List<string> AllowedPrivateHosts { get; set; } = [];
    }

    /// <summary>What is kept for others.</summary>
    public sealed class VaultOptions
    {
        /// <summary>Wraps and unwraps the vault's keys instead of the master key: called with <c>wrap</c> or <c>unwrap</c>, base64 from its input to its output.</summary>
        public string? KeyCommand { get; set; }

        /// <summary>Whether this node refreshes accounts' tokens ahead of their end; what is called for is refreshed by every node.</summary>
        public bool RefreshAhead { get; set; } = true;

        /// <summary>The installation's own OAuth apps, which every organization may connect accounts by: by the id of a provider, or of a family.</summary>
        public Dictionary<string, ProviderAppOptions> Providers { get; set; } = new(StringComparer.Ordinal);
    }

    /// <summary>An OAuth app of the installation.</summary>
    public sealed class ProviderAppOptions
    {
        /// <summary>The app's id at the provider.</summary>
        public string? ClientId { get; set; }

        /// <summary>The secret, or a reference to it.</summary>
        public string? ClientSecret { get; set; }
    }

    /// <summary>Clients that introduce themselves.</summary>
    public sealed class RegistrationOptions
    {
        /// <summary>Whether anybody may register a client (RFC 7591). Null: in Development on loopback yes, else no.</summary>
        /// <remarks>Development only.</remarks>
        public bool? Open { get; set; }

        /// <summary>The token, or a reference to it, by which clients are registered where it is not open.</summary>
        /// <remarks>Refused: fewer than 32 characters.</remarks>
        public string? InitialAccessToken { get; set; }

        /// <summary>Whether an https address may be a client id, with the client's metadata behind it.</summary>
        public bool MetadataDocuments { get; set; } = true;

        /// <summary>How long a registered client is kept that nobody has consented to.</summary>
        /// <remarks>Refused: less than an hour, more than 3650 days.</remarks>
        public TimeSpan Unused { get; set; } = TimeSpan.FromDays(7);
    }

    /// <summary>A protected API.</summary>
    public sealed class ResourceSettings
    {
        /// <summary>The protected API's URL: RFC 8707's resource, and the audience of its tokens.</summary>
        /// <remarks>Refused: what is no absolute URI, or has a fragment.</remarks>
        public string? Url { get; set; }

        /// <summary>What people read when a client asks for it.</summary>
        public string? DisplayName { get; set; }

        /// <summary>The scopes it understands; empty: any.</summary>
        public List<string> Scopes { get; set; } = [];

        /// <summary>Whether clients that introduced themselves may ask for it; each person decides. It needs <see cref="Scopes"/>.</summary>
        /// <remarks>Refused: without <c>Scopes</c>, or with scopes of this server's own.</remarks>
        public bool SelfRegisteredClients { get; set; }

        /// <summary>Makes a client by which the API introspects its own tokens.</summary>
        /// <remarks>Refused: without <c>ClientSecret</c>.</remarks>
        public string? ClientId { get; set; }

        /// <summary>The secret of that client.</summary>
        public string? ClientSecret { get; set; }
    }

    /// <summary>People by configuration: Development only.</summary>
    public sealed class UserSettings
    {
        /// <summary>The address that the person signs in with.</summary>
        /// <remarks>Refused: what is no address.</remarks>
        public string? Email { get; set; }

        /// <summary>The person's password.</summary>
        /// <remarks>Refused: none.</remarks>
        public string? Password { get; set; }

        /// <summary>What the person is called.</summary>
        public string? Name { get; set; }
    }
}

/// <summary>Who may register.</summary>
public enum SignUpMode
{
    Closed,
    Invite,
    Open,
}
