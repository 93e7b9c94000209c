using AuthServer.Applications;
using AuthServer.Http.DPoP;
using AuthServer.Mail;

namespace AuthServer;

/// <summary>Every setting of the server, bound from <c>AuthServer:*</c>. Defaults stand here and, explained, in appsettings.json.
/// Read once at start, through <see cref="Configuration.SettingsCheck"/>; nothing reads the configuration afterwards.</summary>
public sealed class AuthServerOptions
{
    /// <summary>Absolute URL without trailing slash; derived from <c>Urls</c> in Development.</summary>
    public string? Issuer { get; set; }

    /// <summary>What relative paths are relative to.</summary>
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

    public WebhookOptions Webhooks { get; set; } = new();

    public MailOptions Mail { get; set; } = new();

    public VaultOptions Vault { get; set; } = new();

    /// <summary>Addresses or networks (CIDR) whose forwarded headers are believed.</summary>
    public List<string> Proxies { get; set; } = [];

    public List<ApplicationSettings> Clients { get; set; } = [];

    public List<ResourceSettings> Resources { get; set; } = [];

    public List<UserSettings> Users { get; set; } = [];

    /// <summary>Null: in Development yes, else no.</summary>
    public bool? Demo { get; set; }

    public sealed class DatabaseOptions
    {
        /// <summary><c>Sqlite</c> or <c>PostgreSql</c>.</summary>
        public string Provider { get; set; } = "Sqlite";

        public string ConnectionString { get; set; } = "Data Source=data/authserver.db";
    }

    public sealed class KeyOptions
    {
        public string Directory { get; set; } = "keys";

        /// <summary>Where the master key is: <c>file:</c>, <c>env:</c> or <c>command:</c>. Null: a file in <see cref="Directory"/>.</summary>
        public string? MasterKey { get; set; }

        /// <summary>How long a key signs before its successor does.</summary>
        public TimeSpan RotateEvery { get; set; } = TimeSpan.FromDays(90);

        /// <summary>How long a key is published before it may sign: longer than verifiers cache the JWKS.</summary>
        public TimeSpan PublishAhead { get; set; } = TimeSpan.FromHours(1);
    }

    public sealed class BootstrapOptions
    {
        public string? AdminEmail { get; set; }

        public string? AdminPassword { get; set; }
    }

    /// <summary>Lifetimes; a client's own settings come first.</summary>
    public sealed class TokenOptions
    {
        public TimeSpan Code { get; set; } = TimeSpan.FromSeconds(60);

        public TimeSpan AccessToken { get; set; } = TimeSpan.FromMinutes(15);

        public TimeSpan IdToken { get; set; } = TimeSpan.FromMinutes(15);

        public TimeSpan RefreshIdle { get; set; } = TimeSpan.FromDays(7);

        public TimeSpan RefreshAbsolute { get; set; } = TimeSpan.FromDays(30);

        /// <summary>For public clients; confidential ones have none unless their own settings say so.</summary>
        public TimeSpan RefreshGrace { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>How long a remembered consent lasts.</summary>
        public TimeSpan Consent { get; set; } = TimeSpan.FromDays(365);

        /// <summary>How long a sign-in session lasts.</summary>
        public TimeSpan Session { get; set; } = TimeSpan.FromDays(14);

        public DPoPOptions DPoP { get; set; } = new();
    }

    /// <summary>How fresh the proofs must be that come with tokens bound to a key (RFC 9449).</summary>
    public sealed class DPoPOptions
    {
        /// <summary>Where a proof must hold a nonce of this server.</summary>
        public NonceRequirement RequireNonce { get; set; } = NonceRequirement.TokenEndpoint;

        /// <summary>How long after it was made a proof is accepted.</summary>
        public TimeSpan ProofLifetime { get; set; } = TimeSpan.FromMinutes(1);

        /// <summary>How long a nonce is accepted at most.</summary>
        public TimeSpan NonceLifetime { get; set; } = TimeSpan.FromMinutes(5);
    }

    public sealed class SignUpOptions
    {
        /// <summary>Null: open in Development, else invite.</summary>
        public SignUpMode? People { get; set; }

        /// <summary>Who may make an organization, and with it agents. Null: open in Development, else invite.</summary>
        public SignUpMode? Developers { get; set; }

        /// <summary>Which agents may register themselves. Null: open in Development, else invite.</summary>
        public SignUpMode? Agents { get; set; }
    }

    public sealed class SignInOptions
    {
        /// <summary>Other OpenID providers by which people can sign in.</summary>
        public List<ExternalOptions> External { get; set; } = [];
    }

    /// <summary>Another OpenID provider.</summary>
    public sealed class ExternalOptions
    {
        /// <summary><c>google</c> or <c>microsoft</c>, of which all is known but the app, or a word for another.</summary>
        public string? Id { get; set; }

        /// <summary>As people know it.</summary>
        public string? Name { get; set; }

        /// <summary>Exactly as its ID tokens say it; <c>{tid}</c> in it is the token's own.</summary>
        public string? Issuer { get; set; }

        /// <summary>Where its discovery document is. Null: where the issuer says.</summary>
        public string? Discovery { get; set; }

        /// <summary>Null for <c>google</c> and <c>microsoft</c>: the installation's shared app of the vault.</summary>
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
        public TimeSpan Unclaimed { get; set; } = TimeSpan.FromDays(7);

        /// <summary>How many there may be at the same time.</summary>
        public int MostUnclaimed { get; set; } = 10_000;

        /// <summary>How many of them may come from one network: an IPv4 address, or an IPv6 /64.</summary>
        public int MostPerNetwork { get; set; } = 100;

        /// <summary>How many of them may come from the networks around it: an IPv4 /24, or an IPv6 /56.</summary>
        public int MostPerNeighbourhood { get; set; } = 1000;
    }

    public sealed class AuditOptions
    {
        /// <summary>How long events are kept, except those of organizations with a retention of their own. Null: for ever.</summary>
        public TimeSpan? Retention { get; set; }
    }

    public sealed class RateLimitOptions
    {
        /// <summary>Per address and minute, of what fails or stores something before anybody is authenticated.</summary>
        public int PerAddress { get; set; } = 30;

        /// <summary>Per minute, of sign-in attempts on one account from one address.</summary>
        public int SignIn { get; set; } = 10;

        /// <summary>Per minute, of REST API calls with one key, token or session; of questions to the policies by one agent; of tokens that one network has verified without
        /// a credential; of tokens for an agent that nobody has claimed and all that it made.</summary>
        public int PerKey { get; set; } = 300;

        /// <summary>Open authorization requests per address.</summary>
        public int OpenRequests { get; set; } = 20;

        /// <summary>Agents that one address may try to register in a minute without a credential.</summary>
        public int NewAgents { get; set; } = 5;
    }

    public sealed class OutboundOptions
    {
        /// <summary><c>host:port</c> from which documents may be fetched, also by plain http, although it is not public.</summary>
        public List<string> AllowedPrivateHosts { get; set; } = [];
    }

    /// <summary>Messages to organizations about their own events.</summary>
    public sealed class WebhookOptions
    {
        public bool Enabled { get; set; } = true;

        /// <summary>How often one message is sent before it is given up.</summary>
        public int Attempts { get; set; } = 5;

        /// <summary>How long nothing may have reached a webhook before it is disabled.</summary>
        public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);

        /// <summary>How long deliveries stay in the log.</summary>
        public TimeSpan LogKept { get; set; } = TimeSpan.FromDays(30);

        /// <summary><c>host:port</c> that any organization may send to, also by plain http, although it is not public.</summary>
        public List<string> AllowedPrivateHosts { get; set; } = [];
    }

    /// <summary>The mail server that takes what people are told.</summary>
    public sealed class MailOptions
    {
        /// <summary>Null: no mail is sent.</summary>
        public string? Host { get; set; }

        /// <summary>Null: 587, or 465 with TLS from the first octet.</summary>
        public int? Port { get; set; }

        /// <summary>Null: TLS from the first octet on port 465, else STARTTLS.</summary>
        public MailSecurity? Security { get; set; }

        public string? User { get; set; }

        public string? Password { get; set; }

        /// <summary>The sender's address.</summary>
        public string? From { get; set; }

        public string? FromName { get; set; }

        /// <summary>Certificates (PEM), or a reference to them, that alone vouch for the mail server. Null: those that the machine knows.</summary>
        public string? Authorities { get; set; }

        /// <summary>How long it is kept that a mail was sent.</summary>
        public TimeSpan Kept { get; set; } = TimeSpan.FromDays(7);
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

    public sealed class ProviderAppOptions
    {
        public string? ClientId { get; set; }

        /// <summary>The secret, or a reference to it.</summary>
        public string? ClientSecret { get; set; }
    }

    /// <summary>Clients that introduce themselves.</summary>
    public sealed class RegistrationOptions
    {
        /// <summary>Whether anybody may register a client (RFC 7591). Null: in Development on loopback yes, else no.</summary>
        public bool? Open { get; set; }

        /// <summary>The token, or a reference to it, by which clients are registered where it is not open.</summary>
        public string? InitialAccessToken { get; set; }

        /// <summary>Whether an https address may be a client id, with the client's metadata behind it.</summary>
        public bool MetadataDocuments { get; set; } = true;

        /// <summary>How long a registered client is kept that nobody has consented to.</summary>
        public TimeSpan Unused { get; set; } = TimeSpan.FromDays(7);
    }

    public sealed class ResourceSettings
    {
        /// <summary>The protected API's URL: RFC 8707's resource, and the audience of its tokens.</summary>
        public string? Url { get; set; }

        public string? DisplayName { get; set; }

        /// <summary>The scopes it understands; empty: any.</summary>
        public List<string> Scopes { get; set; } = [];

        /// <summary>Whether clients that introduced themselves may ask for it; each person decides. It needs <see cref="Scopes"/>.</summary>
        public bool SelfRegisteredClients { get; set; }

        /// <summary>Makes a client by which the API introspects its own tokens.</summary>
        public string? ClientId { get; set; }

        public string? ClientSecret { get; set; }
    }

    public sealed class UserSettings
    {
        public string? Email { get; set; }

        public string? Password { get; set; }

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
