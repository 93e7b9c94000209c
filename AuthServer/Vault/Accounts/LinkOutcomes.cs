using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>How an attempt to link an account ends, and where its browser goes then.</summary>
public sealed class LinkOutcomes(
    IDbContextFactory<AuthDbContext> contexts, AccountLinkChanges changes, ProviderApps apps, ShownCodes shown, IAuditTrail trail, TimeProvider clock)
{
    // As long as a backend may take to redeem it; a person, who has to carry it there, has longer.
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShownCodeLifetime = TimeSpan.FromMinutes(10);

    /// <summary>All that a page says of an attempt; null: its connection or provider is gone.</summary>
    internal async Task<OpenLink?> DescribeAsync(AuthDbContext context, AccountLink link, CancellationToken ct)
    {
        if (await context.Connections.AsNoTracking().FirstOrDefaultAsync(row => row.Id == link.ConnectionId, ct) is not { } connection
            || await apps.ProviderAsync(connection, ct) is not { } provider)
        {
            return null;
        }

        var organization = await context.Organizations.Where(row => row.Id == link.OrganizationId).Select(row => new { row.Name, row.SuspendedAt }).FirstOrDefaultAsync(ct);
        return new OpenLink
        {
            Link = link,
            Connection = connection,
            Provider = provider,
            Organization = organization?.Name ?? "",
            IsOfSuspended = organization?.SuspendedAt is not null,
            Agent = link.AgentId is null ? null : await context.Agents.Where(row => row.Id == link.AgentId).Select(row => row.Name).FirstOrDefaultAsync(ct),
        };
    }

    /// <summary>The attempt with this id, for the browser that it belongs to; null: there is none.</summary>
    public async Task<OpenLink?> FindAsync(string? id, CancellationToken ct)
    {
        if (id is null || Protocol.Identifiers.ToUuid(AccountLink.IdPrefix, id) is null)
        {
            return null;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.AccountLinks.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, ct) is { } link ? await DescribeAsync(context, link, ct) : null;
    }

    /// <summary>It failed, and is over.</summary>
    public async Task<Returned> FailAsync(HttpContext http, AccountLink link, Connection connection, ProviderFault fault, CancellationToken ct)
    {
        (link.Stage, link.Fault, link.ProviderCode, link.CorrelationId) = (LinkStage.Failed, fault.Code, fault.ProviderCode, http.TraceIdentifier);
        await changes.TryFailAsync(link, AccountEvents.Of(AccountEvents.Refused, http, link, connection.ProviderId, null, clock.GetStoredNow(), fault), [], ct);
        return new Returned(link, BackTo(link, connection, new("error", fault.Code), new("error_description", fault.Words), new("state", link.ClientState)), fault);
    }

    /// <summary>Our own code for it, which is not stored: only its hash is.</summary>
    public string Code(AccountLink link)
    {
        var (code, lifetime) = link.RedirectUri is null ? (shown.Of(link), ShownCodeLifetime) : (Handle.New(), CodeLifetime);
        (link.CodeHash, link.ExpiresAt) = (Handle.ReferenceId(code), clock.GetStoredNow() + lifetime);
        return code;
    }

    /// <summary>It went well.</summary>
    /// <param name="code">Null where nobody is to redeem one.</param>
    public static Returned Succeed(AccountLink link, Connection connection, string? code) => new(link, BackTo(link, connection, new("code", code), new("state", link.ClientState)), null);

    /// <summary>Null: the browser stays here. An address that was taken from the list meanwhile is none any more.</summary>
    private static string? BackTo(AccountLink link, Connection connection, params IEnumerable<KeyValuePair<string, string?>> answer) =>
        link.RedirectUri is { } address && connection.ReadSettings().ReturnUrls.Contains(address, StringComparer.Ordinal) ? ReturnUrls.With(address, answer) : null;

    /// <summary>Somebody tried what does not end it.</summary>
    public Task TellAsync(HttpContext http, AccountLink link, string providerId, ProviderFault fault, CancellationToken ct) =>
        trail.AppendAsync(AccountEvents.Of(AccountEvents.Refused, http, link, providerId, null, clock.GetStoredNow(), fault), ct);
}
