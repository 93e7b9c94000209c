using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>Makes links: for one account, one browser and ten minutes.</summary>
public sealed class AccountLinks(
    IDbContextFactory<AuthDbContext> contexts, AccountLinkChanges changes, ConnectedAccounts accounts, ProviderApps apps, IssuerUri issuer, TimeProvider clock)
{
    public const string Path = "/connect/accounts";

    /// <summary>How long a link waits to be opened, and then for its person to come back.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int MostOpen = 20;
    private const int MostScopes = 100;
    private const int LongestState = 500;

    private static Problem TooMany { get; } = Problem.TooMany($"{MostOpen} links of this account are open. Use one of them, or wait until they are over.");

    /// <summary>A link for an account, by its organization.</summary>
    public async Task<Answer<AccountLinkItem>> CreateAsync(HttpContext http, Developer developer, string accountId, NewAccountLink asked, CancellationToken ct)
    {
        if (await accounts.ReadAsync(developer, accountId, ct) is not var (account, connection))
        {
            return Problem.NotFound;
        }

        if (!ConnectedAccounts.Uses(developer, connection))
        {
            return ConnectedAccounts.NotUsable;
        }

        var (link, token) = New(connection, account.Identifier, account.IdentifierType, account.UserId, LinkOrigin.Api);
        link.Replaces = asked.Replace;
        if (await FillAsync(link, connection, asked, ct) is { } problem)
        {
            return problem;
        }

        var why = AccountEvents.Of(AccountEvents.LinkCreated, http, developer.Known!, account, connection.ProviderId, link.CreatedAt) with { AgentId = link.AgentId };
        return await changes.TryAddAsync(link, MostOpen, why, ct)
            ? new AccountLinkItem { Url = $"{issuer.Value}{Path}/{token}", ExpiresAt = link.ExpiresAt }
            : TooMany;
    }

    /// <summary>A link for whoever opened an address of this server, for its person or by any name. The token of the link.</summary>
    /// <param name="person">Who is signed in, where it is for them.</param>
    /// <param name="identifier">The customer's name of the owner, where it is for another.</param>
    public async Task<Answer<string>> BeginAsync(Connection connection, string? person, string? identifier, NewAccountLink asked, CancellationToken ct)
    {
        var (link, token) = New(connection, person ?? identifier!, ConnectedAccounts.UserType, person ?? ConnectedAccounts.PersonOf(identifier!, ConnectedAccounts.UserType),
            person is null ? LinkOrigin.Anybody : LinkOrigin.Person);
        return await FillAsync(link, connection, asked, ct) is { } problem ? problem
            : await changes.TryAddAsync(link, MostOpen, null, ct) ? token
            : TooMany;
    }

    /// <summary>A link for a person who connects an account again that they may change. The token of the link.</summary>
    /// <param name="person">Who is signed in: nobody else may come back.</param>
    /// <param name="replaces">Whether another account at the provider may take the place of the one that is known.</param>
    public async Task<Answer<string>> AgainAsync(HttpContext http, string person, ConnectedAccount account, Connection connection, bool replaces, CancellationToken ct)
    {
        var (link, token) = New(connection, account.Identifier, account.IdentifierType, person, LinkOrigin.Person);
        link.Replaces = replaces;
        if (await FillAsync(link, connection, await AskAgainAsync(account, connection, ct), ct) is { } problem)
        {
            return problem;
        }

        // They were here, and come back here: their session says who they are.
        link.RedirectUri = null;
        var why = AccountEvents.Of(AccountEvents.LinkCreated, http, new KnownCaller(person), account, connection.ProviderId, link.CreatedAt);
        return await changes.TryAddAsync(link, MostOpen, why, ct) ? token : TooMany;
    }

    /// <summary>What it may do already is required; what else the connection is for may be left out.</summary>
    private async Task<NewAccountLink> AskAgainAsync(ConnectedAccount account, Connection connection, CancellationToken ct)
    {
        if (await apps.ProviderAsync(connection, ct) is not { Oauth: { } oauth } provider || ConnectedAccountItem.ListOf(account.GrantedScopes) is not { } granted)
        {
            return new NewAccountLink();
        }

        var all = ProviderApps.ScopesOf(connection, provider);
        var missing = ScopeGrants.Missing(oauth, all, granted);
        return new NewAccountLink { Scopes = [.. all.Except(missing)], OptionalScopes = missing };
    }

    private (AccountLink Link, string Token) New(Connection connection, string identifier, string type, string? userId, LinkOrigin origin)
    {
        var (now, token) = (clock.GetStoredNow(), Handle.New());
        var link = new AccountLink
        {
            Id = Identifiers.New(AccountLink.IdPrefix, now),
            OrganizationId = connection.OrganizationId,
            ConnectionId = connection.Id,
            Identifier = identifier,
            IdentifierType = type,
            UserId = userId,
            Origin = origin,
            HandleHash = Handle.ReferenceId(token),
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        };
        return (link, token);
    }

    private async Task<Problem?> FillAsync(AccountLink link, Connection connection, NewAccountLink asked, CancellationToken ct)
    {
        if (Unusable(connection) is { } unusable)
        {
            return unusable;
        }

        if (await apps.ProviderAsync(connection, ct) is not { Oauth: { } oauth } provider)
        {
            return Problem.Conflict("provider_gone", "The connection's provider is not there any more.");
        }

        if ((await apps.OpenAsync(connection, ct)).Fault is { } fault)
        {
            return Problem.Conflict(fault.Code, $"{fault.Words} {fault.NextStep}");
        }

        var faults = new Faults();
        ReadScopes(link, connection, provider, oauth, asked, faults);
        await CheckAgentAsync(link, asked.AgentId, faults, ct);
        CheckReturn(link, connection, asked, faults);
        return faults.Problem;
    }

    /// <summary>Null: accounts may be linked by it.</summary>
    public static Problem? Unusable(Connection connection) =>
        connection.Auth != ConnectionAuth.OAuth2 ? Problem.Conflict("no_accounts", "This connection has an API key, and no accounts.")
        : connection.Status is ConnectionStatus.Draft or ConnectionStatus.Inactive ? Problem.Conflict("connection_inactive", "The connection is not active.")
        : null;

    // Whoever makes a link, or opens one, asks for no more than the connection is for.
    private static void ReadScopes(AccountLink link, Connection connection, Provider provider, OAuthRules oauth, NewAccountLink asked, Faults faults)
    {
        var all = ProviderApps.ScopesOf(connection, provider);
        var optional = Read("optional_scopes", asked.OptionalScopes, []);
        var required = Read("scopes", asked.Scopes, all).Except(optional).ToList();
        (link.Scopes, link.OptionalScopes) = (JsonSerializer.Serialize(required), JsonSerializer.Serialize(optional));

        IReadOnlyList<string> Read(string field, IReadOnlyList<string?>? names, IReadOnlyList<string> none)
        {
            if (names is null)
            {
                return none;
            }

            if (names.Count > MostScopes)
            {
                faults.Add(field, $"Name at most {MostScopes}.");
                return none;
            }

            List<string> found = [];
            foreach (var (i, name) in names.Index())
            {
                var full = name is null ? "" : oauth.Scopes.Full(name);
                faults.Add($"{field}[{i}]", all.Contains(full) ? null : "The connection is not for this scope.", "scope_outside_connection");
                found.Add(full);
            }

            return [.. found.Distinct(StringComparer.Ordinal)];
        }
    }

    private async Task CheckAgentAsync(AccountLink link, string? agentId, Faults faults, CancellationToken ct)
    {
        if (agentId is null)
        {
            return;
        }

        var known = Identifiers.Read("agt_", agentId);
        await using var context = await contexts.CreateDbContextAsync(ct);
        link.AgentId = known is not null && await context.Agents.AnyAsync(row => row.Id == known && row.OrganizationId == link.OrganizationId && row.Status == AgentStatus.Active, ct) ? known : null;
        faults.Add("agent_id", link.AgentId is null ? "There is no such active agent in your organization." : null);
    }

    private static void CheckReturn(AccountLink link, Connection connection, NewAccountLink asked, Faults faults)
    {
        faults.Add("state", asked.State is { } state && !VisibleText.IsLine(state, LongestState) ? $"Use at most {LongestState} visible characters on one line." : null);
        link.ClientState = asked.State;
        var chosen = ReturnUrls.TryChoose(connection.ReadSettings(), asked.RedirectUri, out var redirectUri);
        faults.Add("redirect_uri", chosen ? null : "This is none of the connection's return URLs. They are compared exactly.", "return_url_unknown");
        link.RedirectUri = chosen ? redirectUri : null;
        if (faults.Problem is not null)
        {
            return;
        }

        switch (connection.ReturnCheck)
        {
            case ReturnCheck.Session when link.UserId is null:
                faults.Add("identifier", "This connection checks that the owner is signed in here: the identifier has to be a person of this server, usr_….");
                break;

            // With a code in their hands, others could be talked into taking it to the application as their own.
            case ReturnCheck.App when link.Origin == LinkOrigin.Anybody && link.RedirectUri is null && link.UserId is null:
            case not ReturnCheck.App when link.Origin == LinkOrigin.Anybody:
                faults.Add("identifierId", "Nobody vouches for this owner: make a link with POST /api/v1/connected-accounts/{id}/auth-url.", "nobody_vouches");
                break;
        }
    }
}
