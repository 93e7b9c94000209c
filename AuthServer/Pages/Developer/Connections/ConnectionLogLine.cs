using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Proxy;
using AuthServer.Vault.Refresh;
using Microsoft.AspNetCore.Html;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>An event of a connection or of one of its accounts, as its developers read it.</summary>
/// <param name="What">A sentence: who did what.</param>
/// <param name="ByProvider">Whether the provider answered; else this server did.</param>
/// <param name="More">What it was about, where that says more.</param>
public sealed record ConnectionLogLine(string Id, DateTimeOffset At, IHtmlContent What, bool ByProvider, bool Refused, IHtmlContent? Reason, string? More)
{
    private static readonly string[] Changes =
    [
        ConnectionEvents.Created, ConnectionEvents.Updated, ConnectionEvents.SecretChanged, ConnectionEvents.Activated, ConnectionEvents.Deactivated, ConnectionEvents.Restored,
        ConnectionEvents.Imported, ConnectionEvents.AccessReviewed, ConnectionEvents.CredentialsUpdated,
    ];

    private static readonly string[] Accounts =
    [
        AccountEvents.Created, AccountEvents.LinkCreated, AccountEvents.LinkOpened, AccountEvents.Connected, AccountEvents.Reauthorized, AccountEvents.Returned, AccountEvents.Verified,
        AccountEvents.Refused, AccountEvents.Revoked, AccountEvents.Deleted, RefreshEvents.Expired, RefreshEvents.Revoked, RefreshEvents.Failed, RefreshEvents.Failing,
        RefreshEvents.Uncertain, RefreshEvents.Recovered, RefreshEvents.ConnectionFailed, RefreshEvents.Held, RefreshEvents.Released,
    ];

    // Each is the provider's answer, or says that none came.
    private static readonly HashSet<string> OfProvider = new(StringComparer.Ordinal)
    {
        AccountEvents.Connected, AccountEvents.Reauthorized, AccountEvents.Returned, AccountEvents.Revoked, RefreshEvents.Expired, RefreshEvents.Revoked, RefreshEvents.Failed,
        RefreshEvents.Failing, RefreshEvents.Recovered, RefreshEvents.ConnectionFailed,
    };

    /// <summary>What the log can be narrowed to.</summary>
    public static IReadOnlyList<(string Name, string Title, IReadOnlyList<string> Types, string? Outcome)> Kinds =>
    [
        ("", T("Everything"), [], null),
        ("calls", T("Calls"), [ProxyEvents.Called, ProxyEvents.TokenReleased], null),
        ("changes", T("Changes"), Changes, null),
        ("tests", T("Tests"), [ConnectionEvents.Tested], null),
        ("accounts", T("Accounts"), Accounts, null),
        ("refused", T("Refused"), [], AuditOutcomes.Denied),
    ];

    /// <param name="names">Of agents and applications, by id.</param>
    /// <param name="people">Likewise.</param>
    public static ConnectionLogLine Of(AuditEntry entry, IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<string, string> people)
    {
        var refused = entry.Outcome == AuditOutcomes.Denied;
        var who = NameOf(entry.AgentId, names) ?? NameOf(entry.ClientId, names) ?? NameOf(entry.UserId, people);
        return new ConnectionLogLine(
            entry.Id,
            entry.Timestamp,
            Said(entry.Type, who is null ? H("This server") : H("<bdi>{0}</bdi>", Names.Shown(who))),
            IsByProvider(entry, refused),
            refused,
            ReasonOf(entry),
            MoreOf(entry));
    }

    /// <summary>When it was, who answered, and why so.</summary>
    public IHtmlContent Answer => (ByProvider, Reason) switch
    {
        (true, null) => H("{0}. Answered by the provider.", Moment(At)),
        (true, { } reason) => H("{0}. Answered by the provider: {1}", Moment(At), reason),
        (false, null) => H("{0}. Answered by this server.", Moment(At)),
        (false, { } reason) => H("{0}. Answered by this server: {1}", Moment(At), reason),
    };

    private static IHtmlContent Said(string type, IHtmlContent who) => type switch
    {
        ConnectionEvents.Tested => H("<strong>{0}</strong> tested it", who),
        ConnectionEvents.Created => H("<strong>{0}</strong> made the connection", who),
        ConnectionEvents.Updated => H("<strong>{0}</strong> changed its settings", who),
        ConnectionEvents.SecretChanged => H("<strong>{0}</strong> replaced its secret", who),
        ConnectionEvents.Activated => H("<strong>{0}</strong> put it into service", who),
        ConnectionEvents.Deactivated => H("<strong>{0}</strong> took it out of service", who),
        ConnectionEvents.Restored => H("<strong>{0}</strong> brought an earlier version back", who),
        ConnectionEvents.Imported => H("<strong>{0}</strong> imported it", who),
        ConnectionEvents.AccessReviewed => H("<strong>{0}</strong> confirmed who has access", who),
        ConnectionEvents.CredentialsUpdated => H("<strong>{0}</strong> set a key by its name", who),
        ProxyEvents.Called => H("<strong>{0}</strong> made a call", who),
        ProxyEvents.TokenReleased => H("<strong>{0}</strong> took an access token out of the vault", who),
        _ => OfAccount(type, who),
    };

    private static IHtmlContent OfAccount(string type, IHtmlContent who) => type switch
    {
        AccountEvents.Created => H("<strong>{0}</strong> named an account to be connected", who),
        AccountEvents.LinkCreated => H("<strong>{0}</strong> made a link", who),
        AccountEvents.LinkOpened => H("<strong>{0}</strong> opened a link", who),
        AccountEvents.Connected => H("<strong>{0}</strong> connected an account", who),
        AccountEvents.Reauthorized => H("<strong>{0}</strong> connected an account again", who),
        AccountEvents.Returned => H("<strong>{0}</strong> came back from the provider", who),
        AccountEvents.Verified => H("<strong>{0}</strong> confirmed whose account it is", who),
        AccountEvents.Refused => H("<strong>{0}</strong> did not connect an account", who),
        AccountEvents.Revoked => H("<strong>{0}</strong> took the access back at the provider", who),
        AccountEvents.Deleted => H("<strong>{0}</strong> disconnected an account", who),
        RefreshEvents.Expired => H("<strong>{0}</strong> found that an account has expired", who),
        RefreshEvents.Revoked => H("<strong>{0}</strong> found that access was taken back", who),
        RefreshEvents.Failed => H("<strong>{0}</strong> gave an account up", who),
        RefreshEvents.Failing => H("<strong>{0}</strong> could not renew an access token", who),
        RefreshEvents.Uncertain => H("<strong>{0}</strong> lost the answer to a renewal", who),
        RefreshEvents.Recovered => H("<strong>{0}</strong> renewed an account's tokens again", who),
        RefreshEvents.ConnectionFailed => H("<strong>{0}</strong> was refused with the connection's app", who),
        RefreshEvents.Held => H("<strong>{0}</strong> holds all renewals back", who),
        RefreshEvents.Released => H("<strong>{0}</strong> goes on with the renewals", who),
        _ => H("<strong>{0}</strong>: <code>{1}</code>", who, type),
    };

    private static string? NameOf(string? id, IReadOnlyDictionary<string, string> names) => id is null ? null : names.GetValueOrDefault(id) ?? id;

    private static bool IsByProvider(AuditEntry entry, bool refused) =>
        OfProvider.Contains(entry.Type) || (entry.Type == ProxyEvents.Called && !refused)
        || (entry.Type == ConnectionEvents.Tested && entry.Reason != ConnectionWords.Snake(CredentialVerdict.CannotTell));

    private static IHtmlContent? ReasonOf(AuditEntry entry) =>
        entry.Type == ConnectionEvents.Tested ? entry.Reason is null ? null : H("{0}.", ConnectionWords.OfVerdict(entry.Reason))
        : ProviderFaults.Of(entry.Reason) is { } fault ? H("{0}", T(fault.Words))
        : entry.Outcome == AuditOutcomes.Denied && entry.Reason is { } reason ? H("<code>{0}</code>.", reason) : null;

    private static string? MoreOf(AuditEntry entry)
    {
        if (entry.Details is not { ValueKind: JsonValueKind.Object } details)
        {
            return null;
        }

        if (details.TryGetProperty("changed", out var changed) && changed.ValueKind == JsonValueKind.Array)
        {
            return string.Join(", ", changed.EnumerateArray().Select(path => Members.OfPath(path.ToString())));
        }

        return details.TryGetProperty("decision", out var decision) && decision.ValueKind == JsonValueKind.Object && decision.TryGetProperty("resource", out var resource) && resource.ValueKind == JsonValueKind.String
            ? resource.GetString()
            : entry.Target is { } target && target.StartsWith(ConnectedAccount.IdPrefix, StringComparison.Ordinal) ? target : null;
    }
}
