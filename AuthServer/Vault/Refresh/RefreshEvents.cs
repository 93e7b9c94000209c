using System.Text.Json;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;

namespace AuthServer.Vault.Refresh;

/// <summary>What refreshing leaves in the trail: one event for each change of an account's state, recovery included. A refresh that changes nothing but tokens is counted, and no event.</summary>
public static class RefreshEvents
{
    /// <summary>Its owner has to link it again.</summary>
    public const string Expired = "account.expired";

    /// <summary>The provider says that the access was taken back.</summary>
    public const string Revoked = "account.access_revoked";

    /// <summary>The provider refuses again and again, and nobody knows why.</summary>
    public const string Failed = "account.failed";

    /// <summary>Its access token is dead, and cannot be renewed for the time being.</summary>
    public const string Failing = "account.failing";

    /// <summary>An answer was lost, and with it perhaps a new token.</summary>
    public const string Uncertain = "account.refresh_uncertain";

    /// <summary>Its second token cannot be renewed any more; the first works.</summary>
    public const string SecondLost = "account.second_token_lost";

    /// <summary>It works again, after one of the others.</summary>
    public const string Recovered = "account.recovered";

    /// <summary>The provider does not accept the connection's app.</summary>
    public const string ConnectionFailed = "connection.failed";

    /// <summary>So many accounts were refused at once that it is not believed.</summary>
    public const string Held = "connection.refreshes_held";

    /// <summary>An account that was refused works again: the others are believed in.</summary>
    public const string Released = "connection.refreshes_released";

    internal static AuditEvent OfAccount(string type, ConnectedAccount account, DateTimeOffset now, ProviderFault? fault, string? before = null) => AuditEvent.Of(type, type == Recovered ? AuditOutcomes.Success : AuditOutcomes.Denied, now) with
    {
        Subject = account.UserId,
        OrganizationId = account.OrganizationId,
        Target = account.Id,
        Reason = fault?.Code ?? before,
        Detail = JsonSerializer.Serialize(new { connection = account.ConnectionId, provider_code = fault?.ProviderCode }),
    };

    internal static AuditEvent OfConnection(string type, ConnectedAccount account, DateTimeOffset now, ProviderFault? fault, int accounts = 0) => AuditEvent.Of(type, type == Released ? AuditOutcomes.Success : AuditOutcomes.Denied, now) with
    {
        OrganizationId = account.OrganizationId,
        Target = account.ConnectionId,
        Reason = fault?.Code,
        Detail = JsonSerializer.Serialize(new { account = account.Id, provider_code = fault?.ProviderCode, accounts = accounts == 0 ? (int?)null : accounts }),
    };
}
