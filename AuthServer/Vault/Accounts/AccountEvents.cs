using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Accounts;

/// <summary>What connected accounts leave in the trail.</summary>
public static class AccountEvents
{
    public const string Created = "account.created";

    /// <summary>A link was made.</summary>
    public const string LinkCreated = "account.link_created";

    /// <summary>A browser opened it: it belongs to that one.</summary>
    public const string LinkOpened = "account.link_opened";

    public const string Connected = "account.connected";
    public const string Reauthorized = "account.reauthorized";

    /// <summary>Granted at the provider, and to be confirmed by the customer's backend.</summary>
    public const string Returned = "account.returned";

    /// <summary>The backend confirmed that its owner is the one who came back.</summary>
    public const string Verified = "account.verified";
    public const string Refused = "account.refused";

    /// <summary>A grant was taken back at the provider.</summary>
    public const string Revoked = "account.revoked";
    public const string Deleted = "account.deleted";

    /// <summary>Its owner ended it: it stays, without tokens, and can be linked again.</summary>
    public const string Disconnected = "account.disconnected";

    /// <summary>Another account at the provider took the place of the one that was known, on purpose.</summary>
    public const string Replaced = "account.replaced";

    /// <summary>Which of several instances it works with was chosen.</summary>
    public const string InstanceChosen = "account.instance_chosen";

    /// <summary>An event of an attempt to link an account.</summary>
    /// <param name="accountId">Null: there is none yet.</param>
    /// <param name="fault">Why it was refused.</param>
    internal static AuditEvent Of(string type, HttpContext http, AccountLink link, string providerId, string? accountId, DateTimeOffset now, ProviderFault? fault = null) =>
        http.Event(type, fault is null ? AuditOutcomes.Success : AuditOutcomes.Denied, now) with
        {
            Subject = link.UserId,
            OrganizationId = link.OrganizationId,
            AgentId = link.AgentId,
            Target = accountId ?? link.Id,
            Reason = fault?.Code,
            Detail = Detail(new Details(link.ConnectionId, providerId, link.Id, fault?.ProviderCode)),
        };

    internal static AuditEvent Of(string type, HttpContext http, KnownCaller by, ConnectedAccount account, string providerId, DateTimeOffset now, string? how = null) =>
        http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = by.UserId,
            ClientId = by.ClientId,
            OrganizationId = account.OrganizationId,
            Target = account.Id,
            Reason = how,
            Detail = Detail(new Details(account.ConnectionId, providerId, null, null, by.KeyId)),
        };

    private static string Detail(Details details) => JsonSerializer.Serialize(details, ApiJson.Options);

    private sealed record Details(string Connection, string Provider, string? Link, string? ProviderCode, string? Key = null);
}
