using System.Text.Json;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>A browser opens a link, reads what it is for, and goes out to the provider. From the first look on the link is this browser's alone.</summary>
public sealed class LinkVisits(
    IDbContextFactory<AuthDbContext> contexts, AccountLinkChanges changes, LinkOutcomes outcomes, ProviderApps apps, VaultSeal seal, BrowserCookie browser, TimeProvider clock)
{
    private const int LongestToken = 100;

    /// <summary>Null: somebody else's link, or none.</summary>
    /// <param name="person">Who is signed in.</param>
    public async Task<LinkVisit> OpenAsync(HttpContext http, string? token, SignedInPerson? person, CancellationToken ct)
    {
        if (await ReadAsync(token, ct) is not { } open || open.Link.Stage > LinkStage.Sent)
        {
            return new LinkVisit(LinkAnswer.NotGood);
        }

        if (!await IsOursAsync(http, open, ct))
        {
            await outcomes.TellAsync(http, open.Link, open.Connection.ProviderId, LinkFaults.OtherBrowser, ct);
            return new LinkVisit(LinkAnswer.OtherBrowser);
        }

        return open.IsUnusable ? new LinkVisit(LinkAnswer.Unusable, open)
            : open.Link.UserId is null || open.Link.UserId == person?.Subject ? new LinkVisit(LinkAnswer.Open, open)
            : person is null ? new LinkVisit(LinkAnswer.SignIn, open)
            : new LinkVisit(LinkAnswer.OtherPerson, open);
    }

    /// <summary>The provider's address, with a state that is this browser's; null: the link is over, or the connection is not set up.</summary>
    /// <param name="chosen">Of what may be left out, what the person agreed to.</param>
    /// <param name="inWindow">Whether a script has opened a window for it.</param>
    public async Task<Uri?> SendAsync(OpenLink open, IReadOnlyList<string> chosen, bool inWindow, CancellationToken ct)
    {
        if ((await apps.OpenAsync(open.Connection, ct)).App is not { } app)
        {
            return null;
        }

        var (state, nonce) = (Handle.New(), Handle.New());
        var verifier = app.UsesPkce ? Handle.New() : null;
        var (required, optional) = (ConnectedAccountItem.ListOf(open.Link.Scopes)!, ConnectedAccountItem.ListOf(open.Link.OptionalScopes)!.Where(chosen.Contains).ToList());
        var address = AuthorizeAddress.Of(app, new Authorization(ScopeGrants.Asked(app.OAuth, [.. required, .. optional]), state, verifier, nonce));
        var secrets = JsonSerializer.SerializeToUtf8Bytes(new LinkSecrets(verifier, nonce, inWindow));
        return address is not null && await changes.TrySendAsync(
            open.Link.Id, Handle.ReferenceId(state), seal.Seal(secrets, open.Link.VerifierPlace), JsonSerializer.Serialize(optional), clock.GetUtcNow(), ct)
            ? address
            : null;
    }

    private async Task<OpenLink?> ReadAsync(string? token, CancellationToken ct)
    {
        if (token is null or { Length: 0 or > LongestToken })
        {
            return null;
        }

        var (hash, now) = (Handle.ReferenceId(token), clock.GetUtcNow());
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.AccountLinks.AsNoTracking().FirstOrDefaultAsync(row => row.HandleHash == hash && row.ExpiresAt > now, ct) is { } link
            ? await outcomes.DescribeAsync(context, link, ct)
            : null;
    }

    /// <summary>Whether it is this browser's, or becomes so.</summary>
    private async Task<bool> IsOursAsync(HttpContext http, OpenLink open, CancellationToken ct)
    {
        if (open.Link.BrowserHash is { } known)
        {
            return browser.Matches(http, known);
        }

        // A preview is nobody who looks: it must not take the link away from them.
        return IsPreview(http)
            || await changes.TryOpenAsync(open.Link.Id, browser.Ensure(http), AccountEvents.Of(AccountEvents.LinkOpened, http, open.Link, open.Connection.ProviderId, null, clock.GetStoredNow()), ct);
    }

    private static bool IsPreview(HttpContext http) =>
        HttpMethods.IsHead(http.Request.Method) || http.Request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase)
        || http.Request.Headers["Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase);
}

/// <summary>What a link keeps while its person is at the provider.</summary>
/// <param name="InWindow">Whether it comes back in a window that a script has opened, and that hands over what came of it.</param>
internal sealed record LinkSecrets(string? Verifier, string Nonce, bool InWindow = false)
{
    public override string ToString() => "LinkSecrets (redacted)";
}
