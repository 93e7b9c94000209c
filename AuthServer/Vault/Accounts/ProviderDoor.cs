using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>What somebody opened <c>/auth/{provider}</c> with.</summary>
public sealed record ProviderVisit(string Provider, string? IdentifierId, string? ConnectionId, string? RedirectUri, string? Scopes, string? State)
{
    /// <summary>Whether the page that says what it is for stands between in any case.</summary>
    public bool IsAsked { get; init; }

    /// <summary>The page on which its person says which connection they mean.</summary>
    internal string PickAt => ReturnUrls.With(
        ConnectPicker.Path, new("provider", Provider), new("identifierId", IdentifierId), new("redirectUri", RedirectUri), new("scopes", Scopes), new("state", State));
}

/// <summary>Where the browser goes.</summary>
/// <param name="To">Null: nowhere, see the problem, or the person has to sign in.</param>
public sealed record DoorAnswer(string? To, Problem? Problem, bool MustSignIn = false);

/// <summary><c>/auth/{provider}</c>: begins to link an account from an address that a browser opens. Without more it is the signed-in person's, by the default connection.</summary>
public sealed class ProviderDoor(
    IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, Memberships memberships, ConnectPicker picker, AccountLinks links, LinkVisits visits, PreAuthenticationLimit limit)
{
    private static Problem NoConnection { get; } = new(StatusCodes.Status404NotFound, "no_connection", "There is no connection of this provider that you could use.");

    /// <param name="person">Who is signed in.</param>
    public async Task<DoorAnswer> EnterAsync(HttpContext http, ProviderVisit visit, SignedInPerson? person, CancellationToken ct)
    {
        if (visit.IdentifierId is null && person is null)
        {
            return new DoorAnswer(null, null, MustSignIn: true);
        }

        if (limit.Count(http) is { } tooMany)
        {
            return new DoorAnswer(null, Problem.TooMany(tooMany.Description));
        }

        // By their own name somebody is meant who can say so themselves.
        var isOwn = visit.IdentifierId is null || visit.IdentifierId == person?.Subject;
        var faults = new Faults();
        if (!isOwn)
        {
            ConnectedAccounts.CheckOwner(visit.IdentifierId, ConnectedAccounts.UserType, faults);
        }

        if (faults.Problem is { } problem)
        {
            return new DoorAnswer(null, problem);
        }

        var (connection, mustPick) = await FindAsync(visit, person, ct);
        if (connection is null)
        {
            return mustPick ? new DoorAnswer(visit.PickAt, null) : new DoorAnswer(null, NoConnection);
        }

        var asked = new NewAccountLink
        {
            RedirectUri = visit.RedirectUri,
            State = visit.State,
            Scopes = visit.Scopes?.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries),
        };
        return (await links.BeginAsync(connection, isOwn ? person!.Subject : null, visit.IdentifierId, asked, ct)).Failed(out var refused, out var token)
            ? new DoorAnswer(null, refused)
            : new DoorAnswer(isOwn && !visit.IsAsked && IsDeliberate(http) ? await StraightAsync(http, token, person!, ct) : $"{AccountLinks.Path}/{token}", null);
    }

    /// <summary>Its person went there themselves, and their organization is the one that asks: no page need ask them whether they meant it.</summary>
    private async Task<string> StraightAsync(HttpContext http, string token, SignedInPerson person, CancellationToken ct)
    {
        var page = $"{AccountLinks.Path}/{token}";
        return await visits.OpenAsync(http, token, person, ct) is { Answer: LinkAnswer.Open, Link: { } open } && await visits.SendAsync(open, [], inWindow: false, ct) is { } address
            ? address.AbsoluteUri
            : page;
    }

    /// <summary>Whether no other site led here (Fetch Metadata §2.3). A browser that does not say so is asked on the page.</summary>
    private static bool IsDeliberate(HttpContext http) => http.Request.Headers["Sec-Fetch-Site"].ToString() is "none" or "same-origin";

    /// <returns>The connection; else, whether its person has to say which of several they mean.</returns>
    private async Task<(Connection? Connection, bool MustPick)> FindAsync(ProviderVisit visit, SignedInPerson? person, CancellationToken ct)
    {
        // Whoever is to own the account, where it is a person of ours: signed in now, or when they open the link.
        var owner = visit.IdentifierId is { } identifier ? ConnectedAccounts.PersonOf(identifier, ConnectedAccounts.UserType) : person!.Subject;
        if (visit.ConnectionId is null)
        {
            var found = person is null ? [] : await picker.ListAsync(person.Subject, visit.Provider, ct);
            var meant = ConnectPicker.Meant(found);
            return (meant is not null && await IsForAsync(meant.Connection, owner, ct) ? meant.Connection : null, meant is null && found.Count > 0);
        }

        var known = Identifiers.Read(Connection.IdPrefix, visit.ConnectionId);
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Connections.AsNoTracking().FirstOrDefaultAsync(row => row.Id == known, ct) is { } named && await IsForAsync(named, owner, ct) && await IsMeantAsync(named, visit.Provider, ct)
            ? (named, false)
            : (null, false);
    }

    /// <summary>Whether somebody may link an account by it. Of whoever is nobody of ours, the organization's backend says so.</summary>
    private async Task<bool> IsForAsync(Connection connection, string? owner, CancellationToken ct) => owner is null
        || ((await memberships.OfAsync(owner, ct)).FirstOrDefault(member => member.OrganizationId == connection.OrganizationId) is { } membership
            && connection.ReadAccess().MayView(owner, membership.Role));

    private async ValueTask<bool> IsMeantAsync(Connection connection, string name, CancellationToken ct) =>
        ConnectedAccounts.IsOf(connection.ProviderId, await catalog.FindAsync(connection.OrganizationId, connection.ProviderId, ct), name);
}
