using System.Net;
using AuthServer.Accounts;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.ExternalSignIn;
using AuthServer.Http;
using AuthServer.Http.DPoP;
using AuthServer.Keys;
using AuthServer.Mail;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;
using AuthServer.Webhooks;

namespace AuthServer;

/// <summary>The configuration as it is in force: checked, with every derived value.</summary>
public sealed record AuthServerSettings
{
    public required AuthServerOptions Options { get; init; }

    public required IssuerUri Issuer { get; init; }

    /// <summary>Absolute.</summary>
    public required string Home { get; init; }

    public required DatabaseSettings Database { get; init; }

    public required KeySettings Keys { get; init; }

    public required DPoPSettings DPoP { get; init; }

    public required AuditSettings Audit { get; init; }

    public required SignUpPolicy SignUp { get; init; }

    public required RegistrationPolicy Registration { get; init; }

    public required ExternalProviders ExternalSignIn { get; init; }

    public required WebhookSettings Webhooks { get; init; }

    public required MailSettings Mail { get; init; }

    public required VaultKeySettings VaultKeys { get; init; }

    public required SharedApps SharedApps { get; init; }

    public required IReadOnlyList<IPNetwork> Proxies { get; init; }

    /// <summary>Development on loopback addresses: demo data and configured users are allowed.</summary>
    public required bool IsDevelopment { get; init; }

    public required bool Demo { get; init; }
}
