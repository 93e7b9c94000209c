using System.Buffers.Text;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.ExternalSignIn;

/// <summary>Those who came from a provider and are not known here, until they say who they are.</summary>
public sealed class ExternalArrivals(IDbContextFactory<AuthDbContext> contexts, ExternalProviders providers, KeptAccess kept, BrowserCookie browser, TimeProvider clock)
{
    private const int HandleLength = 43;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>The handle by which it is found again.</summary>
    public async Task<string> AddAsync(HttpContext http, ExternalReturn returned, CancellationToken ct)
    {
        var (flow, provider, identity) = (returned.Flow!, returned.Provider!, returned.Identity!);
        var (handle, now) = (Handle.New(), clock.GetStoredNow());
        var arrival = new ExternalArrival
        {
            Id = Handle.ReferenceId(handle),
            BrowserHash = browser.Ensure(http),
            UserId = flow.UserId,
            Provider = provider.Id,
            Issuer = identity.Issuer,
            Subject = identity.Subject,
            Email = identity.Email,
            EmailVerified = identity.EmailVerified,
            Name = identity.Name,
            ShownAt = ExternalSignIns.ShownAt(flow, identity, now) ?? now,
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        };
        if (await kept.FindAsync(provider, ct) is not null)
        {
            arrival.Tokens = kept.Seal(returned.Tokens!, arrival);
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        context.ExternalArrivals.Add(arrival);
        await context.SaveChangesAsync(ct);
        return handle;
    }

    /// <summary>Null: it is unknown, used, expired or of another browser, or its provider is not offered any more.</summary>
    public async Task<OpenArrival?> FindAsync(HttpContext http, string? handle, CancellationToken ct)
    {
        if (handle is not { Length: HandleLength } || !Base64Url.IsValid(handle))
        {
            return null;
        }

        var (id, now) = (Handle.ReferenceId(handle), clock.GetUtcNow());
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.ExternalArrivals.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id && row.ExpiresAt > now, ct) is { } arrival
            && browser.Matches(http, arrival.BrowserHash)
            && providers.Find(arrival.Provider) is { } provider
            ? new OpenArrival(arrival, provider, arrival.Tokens is null ? null : await kept.FindAsync(provider, ct))
            : null;
    }
}

/// <param name="Keeping">What keeps the access if the person agrees; null: nothing does.</param>
public sealed record OpenArrival(ExternalArrival Arrival, ExternalProvider Provider, KeepingConnection? Keeping);
