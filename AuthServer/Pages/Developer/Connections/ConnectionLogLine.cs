using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Proxy;
using AuthServer.Vault.Refresh;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>An event of a connection or of one of its accounts, as its developers read it.</summary>
/// <param name="Who">The agent, application or person; null: this server by itself.</param>
/// <param name="What">A sentence without its subject.</param>
/// <param name="ByProvider">Whether the provider answered; else this server did.</param>
/// <param name="More">What it was about, where that says more.</param>
public sealed record ConnectionLogLine(string Id, DateTimeOffset At, string? Who, string What, bool ByProvider, bool Refused, string? Reason, string? More)
{
    private static readonly Dictionary<string, string> Changes = new(StringComparer.Ordinal)
    {
        [ConnectionEvents.Created] = "made the connection",
        [ConnectionEvents.Updated] = "changed its settings",
        [ConnectionEvents.SecretChanged] = "replaced its secret",
        [ConnectionEvents.Activated] = "put it into service",
        [ConnectionEvents.Deactivated] = "took it out of service",
        [ConnectionEvents.Restored] = "brought an earlier version back",
        [ConnectionEvents.Imported] = "imported it",
        [ConnectionEvents.AccessReviewed] = "confirmed who has access",
        [ConnectionEvents.CredentialsUpdated] = "set a key by its name",
    };

    private static readonly Dictionary<string, string> Calls = new(StringComparer.Ordinal)
    {
        [ProxyEvents.Called] = "made a call",
        [ProxyEvents.TokenReleased] = "took an access token out of the vault",
    };

    private static readonly Dictionary<string, string> Accounts = new(StringComparer.Ordinal)
    {
        [AccountEvents.Created] = "named an account to be connected",
        [AccountEvents.LinkCreated] = "made a link",
        [AccountEvents.LinkOpened] = "opened a link",
        [AccountEvents.Connected] = "connected an account",
        [AccountEvents.Reauthorized] = "connected an account again",
        [AccountEvents.Returned] = "came back from the provider",
        [AccountEvents.Verified] = "confirmed whose account it is",
        [AccountEvents.Refused] = "did not connect an account",
        [AccountEvents.Revoked] = "took the access back at the provider",
        [AccountEvents.Deleted] = "disconnected an account",
        [RefreshEvents.Expired] = "found that an account has expired",
        [RefreshEvents.Revoked] = "found that access was taken back",
        [RefreshEvents.Failed] = "gave an account up",
        [RefreshEvents.Failing] = "could not renew an access token",
        [RefreshEvents.Uncertain] = "lost the answer to a renewal",
        [RefreshEvents.Recovered] = "renewed an account's tokens again",
        [RefreshEvents.ConnectionFailed] = "was refused with the connection's app",
        [RefreshEvents.Held] = "holds all renewals back",
        [RefreshEvents.Released] = "goes on with the renewals",
    };

    // Each is the provider's answer, or says that none came.
    private static readonly HashSet<string> OfProvider = new(StringComparer.Ordinal)
    {
        AccountEvents.Connected, AccountEvents.Reauthorized, AccountEvents.Returned, AccountEvents.Revoked, RefreshEvents.Expired, RefreshEvents.Revoked, RefreshEvents.Failed,
        RefreshEvents.Failing, RefreshEvents.Recovered, RefreshEvents.ConnectionFailed,
    };

    /// <summary>What the log can be narrowed to.</summary>
    public static IReadOnlyList<(string Name, string Title, IReadOnlyList<string> Types, string? Outcome)> Kinds { get; } =
    [
        ("", "Everything", [], null),
        ("calls", "Calls", [.. Calls.Keys], null),
        ("changes", "Changes", [.. Changes.Keys], null),
        ("tests", "Tests", [ConnectionEvents.Tested], null),
        ("accounts", "Accounts", [.. Accounts.Keys], null),
        ("refused", "Refused", [], AuditOutcomes.Denied),
    ];

    /// <param name="names">Of agents and applications, by id.</param>
    /// <param name="people">Likewise.</param>
    public static ConnectionLogLine Of(AuditEntry entry, IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<string, string> people)
    {
        var refused = entry.Outcome == AuditOutcomes.Denied;
        var what = entry.Type == ConnectionEvents.Tested ? "tested it" : Changes.GetValueOrDefault(entry.Type) ?? Calls.GetValueOrDefault(entry.Type) ?? Accounts.GetValueOrDefault(entry.Type);
        return new ConnectionLogLine(
            entry.Id,
            entry.Timestamp,
            NameOf(entry.AgentId, names) ?? NameOf(entry.ClientId, names) ?? NameOf(entry.UserId, people),
            what ?? entry.Type,
            IsByProvider(entry, refused),
            refused,
            ReasonOf(entry),
            MoreOf(entry));
    }

    private static string? NameOf(string? id, IReadOnlyDictionary<string, string> names) => id is null ? null : names.GetValueOrDefault(id) ?? id;

    private static bool IsByProvider(AuditEntry entry, bool refused) =>
        OfProvider.Contains(entry.Type) || (entry.Type == ProxyEvents.Called && !refused)
        || (entry.Type == ConnectionEvents.Tested && entry.Reason != ConnectionWords.Snake(CredentialVerdict.CannotTell));

    private static string? ReasonOf(AuditEntry entry) =>
        entry.Type == ConnectionEvents.Tested ? ConnectionWords.OfVerdict(entry.Reason) : ProviderFaults.Of(entry.Reason)?.Words ?? (entry.Outcome == AuditOutcomes.Denied ? entry.Reason : null);

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
