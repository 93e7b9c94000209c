using System.Net;
using AuthServer.Approvals;
using AuthServer.Data;
using AuthServer.Delegations;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.DPoP;
using AuthServer.Jose;
using AuthServer.Organizations;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.Delegation;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Proxy;

/// <summary>Who may call by which connection and account, and what the policies say of each call. A decision is in the trail before anything is called.</summary>
public sealed class ProxyGate(
    IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, SuspendedOrganizations suspended, Decisions decisions, TokenLimits limits, ScopeCatalog scopes,
    TimeProvider clock)
{
    /// <summary>What an agent needs to call by a connection.</summary>
    public const string Use = OwnResources.UseOfConnections;

    /// <summary>What it needs to get an access token out of the vault.</summary>
    public const string Release = "vault:tokens:read";

    private const int LongestResource = 400;

    private static readonly Problem NotActive = Problem.Conflict("connection_inactive", "The connection is not active: nothing is called by it.");
    private static readonly Problem NeedsAccount = Problem.Conflict("account_needed", "This connection has no API key of its own: call by one of its connected accounts.");
    private static readonly Problem HasNoAccounts = Problem.Conflict("api_key_connection", "This connection has an API key: call by the connection itself.");
    private static readonly Problem OfAPerson = Problem.Forbidden("account_of_person", "This account is a person's: it is used by them, or with a token in their name.");
    private static readonly Problem NotUsable = Problem.Forbidden("not_usable", "The connection's access does not let you use it.");
    private static readonly Problem OnlyCredentials = Problem.Unauthenticated("This needs a credential in the headers: a developer key, an agent's key or a token.");

    // Every call begins with it. Not static: a compiled query belongs to the model, and so to the database, of the server that ran it first.
    private readonly Func<AuthDbContext, string, string, CancellationToken, Task<Found?>> _find = EF.CompileAsyncQuery(
        (AuthDbContext context, string id, string organizationId, CancellationToken ct) => (
            from account in context.ConnectedAccounts.AsNoTracking()
            join connection in context.Connections.AsNoTracking() on account.ConnectionId equals connection.Id
            where account.Id == id && account.OrganizationId == organizationId
            select new Found(account, connection)).FirstOrDefault());

    /// <summary>To call by an account.</summary>
    public async Task<Answer<ProxyPass>> AccountAsync(HttpContext http, ActingParty caller, string accountId, CancellationToken ct)
    {
        if (!HasCredential(http))
        {
            return OnlyCredentials;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if (Identifiers.Read(ConnectedAccount.IdPrefix, accountId) is not { } id || await _find(context, id, caller.OrganizationId, ct) is not { } found)
        {
            return Problem.NotFound;
        }

        if (found.Account.UserId is { } owner && owner != (caller.Agent?.Subject ?? caller.Developer!.UserId))
        {
            return OfAPerson;
        }

        return found.Connection.Auth == ConnectionAuth.ApiKey ? HasNoAccounts : await PassAsync(caller, found.Connection, found.Account, ct);
    }

    /// <summary>To call by a connection that has an API key.</summary>
    public async Task<Answer<ProxyPass>> ConnectionAsync(HttpContext http, ActingParty caller, string connectionId, CancellationToken ct)
    {
        if (!HasCredential(http))
        {
            return OnlyCredentials;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        return Identifiers.Read(Connection.IdPrefix, connectionId) is not { } id
            || await context.Connections.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id && row.OrganizationId == caller.OrganizationId, ct) is not { } connection ? Problem.NotFound
            : connection.Auth != ConnectionAuth.ApiKey ? NeedsAccount
            : await PassAsync(caller, connection, null, ct);
    }

    /// <summary>What they say of a call that can be read in several ways: what is denied in one is denied, and what a person has to approve in one waits for that.</summary>
    public async Task<Problem?> DecideAsync(HttpContext http, ProxyPass pass, CalledResource called, CancellationToken ct) =>
        await DecideAsync(http, pass, Use, ProxyEvents.Called, await StrictestAsync(http, pass, called, ct), called, ct);

    /// <summary>What the policies and the caller's own bounds say of one call; null: it may be made. The connection's pace is counted in the same commit.</summary>
    /// <param name="scope">The action.</param>
    /// <param name="type">Of the event.</param>
    /// <param name="what">The resource behind the connection: a method and a path.</param>
    /// <param name="called">The same as a person is shown it.</param>
    public async Task<Problem?> DecideAsync(HttpContext http, ProxyPass pass, string scope, string type, string what, CalledResource called, CancellationToken ct)
    {
        var claims = http.Features.Get<PresentedToken>()?.Claims;
        var now = clock.GetUtcNow();
        var told = http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = pass.Caller.Agent?.Subject ?? pass.Caller.Developer!.UserId,
            ClientId = pass.Caller.Known?.ClientId,
            AgentId = pass.Caller.Agent?.Id,
            OrganizationId = pass.Caller.OrganizationId,
            Target = pass.Id,
        };
        var (takes, broken) = claims is null ? ([], null) : await BoundsAsync(claims, ct);
        var input = await InputAsync(http, pass, scope, what, claims, now, ct) with { Limits = [.. takes, .. PaceOf(pass)] };

        // A bound that cannot be held to is no right: as if the scope were not granted.
        var verdict = await decisions.DecideAsync(broken is null ? input : input with { Granted = [] }, told, pass.Connection.Id, null, ActOf(pass, called, claims), ct);
        var denied = verdict.Allowed ? null
            : broken is not null ? Problem.Forbidden("constraint_violated", $"The delegation bounds {broken.Key}, and a call through the vault states nothing of it.")
            : verdict is { ReasonCode: PolicyReasons.RateLimitExceeded, PolicyId: null }
                ? Problem.TooMany("The connection's limit of calls per minute is used up.") with { RetryAfter = verdict.Rate?.ResetsAt - now }
            : Problem.Forbidden(verdict.ReasonCode, verdict.Reason) with { Approval = verdict.Approval };
        return denied is null ? null : denied with { IsTold = true };
    }

    internal async Task<Answer<ProxyPass>> PassAsync(ActingParty caller, Connection connection, ConnectedAccount? account, CancellationToken ct) =>
        await suspended.IncludeAsync(connection.OrganizationId, ct) ? Callers.Suspended // To read by it is to act.
        : !connection.ReadAccess().MayUse(caller) ? caller.Agent is null ? NotUsable : Problem.NotFound
        : connection.Status != ConnectionStatus.Active ? NotActive
        : await catalog.FindAsync(connection.OrganizationId, connection.ProviderId, ct) is { } provider ? new ProxyPass(caller, connection, account, provider)
        : NotActive;

    /// <summary>What the policies would say of a call now, as far as no limit is in its way; nothing is taken and nothing recorded.</summary>
    internal async ValueTask<PolicyOutcome> WouldAsync(HttpContext http, ProxyPass pass, string scope, string what, CancellationToken ct) =>
        (await decisions.DryRunWithRoomAsync(await InputAsync(http, pass, scope, what, http.Features.Get<PresentedToken>()?.Claims, clock.GetUtcNow(), ct), ct)).Outcome;

    // A browser's cookie comes along by itself; what a provider answers is no page of ours.
    private static bool HasCredential(HttpContext http) => http.Request.Headers.Authorization.Count > 0 || http.Request.Headers.ContainsKey(Callers.KeyHeader);

    private async ValueTask<(IReadOnlyList<LimitTake> Takes, Constraint? Broken)> BoundsAsync(JwtClaims claims, CancellationToken ct)
    {
        var bounds = DelegationBounds.OfToken(claims);
        var stated = DelegationBounds.Stated(null, null, null);
        return bounds.PerAction.FirstAgainst(new ActionValues { Stated = stated }) is { } broken ? ([], broken) : await limits.TakesAsync(claims, bounds, stated, ct);
    }

    private async ValueTask<string> StrictestAsync(HttpContext http, ProxyPass pass, CalledResource called, CancellationToken ct)
    {
        var readings = called.Readings;
        if (readings.Count == 1)
        {
            // The decision itself asks about it.
            return called.What;
        }

        string? waits = null;
        foreach (var reading in readings)
        {
            switch (await WouldAsync(http, pass, Use, reading, ct))
            {
                case PolicyOutcome.Denied:
                    return reading;
                case PolicyOutcome.ApprovalRequired:
                    waits ??= reading;
                    break;
            }
        }

        return waits ?? called.What;
    }

    private async ValueTask<PolicyInput> InputAsync(HttpContext http, ProxyPass pass, string scope, string what, JwtClaims? claims, DateTimeOffset now, CancellationToken ct)
    {
        var (agent, known) = (pass.Caller.Agent, await scopes.KnownAsync(pass.Caller.OrganizationId, ct));
        var resource = $"/connections/{pass.Connection.Id}/{what}";
        return new PolicyInput
        {
            Now = now,
            OrganizationId = pass.Caller.OrganizationId,
            AgentId = agent?.Id,
            AgentType = agent?.Identity.Type,
            TrustLevel = agent?.Identity.TrustLevel,
            UserId = agent is null ? pass.Caller.Developer!.UserId : Identifiers.Read("usr_", agent.Subject),
            ClientId = pass.Caller.Known?.ClientId,
            Granted = ScopeWildcards.CoversAll(pass.Caller.Scopes ?? [scope], [scope]) ? [scope] : [],
            Required = [scope],
            Risk = action => known.Describe(action).Risk,
            Resource = resource.Length <= LongestResource ? resource : resource[..LongestResource],
            Address = IPAddress.TryParse(http.Address(), out var address) ? address : null,
            GrantedAt = claims?.Text(AccessToken.Names.AuthorizationId) is { } consent ? Identifiers.TimeOf("con_", consent) : null,
        };
    }

    private static ApprovableAct ActOf(ProxyPass pass, CalledResource called, JwtClaims? claims) => new ApprovableAct
    {
        Target = called.What,
        AlsoRead = called.Careless,
        ConnectionName = pass.Connection.Name,
        AccountId = pass.Id,
        AccountName = pass.Account?.Identifier,
        TokenKind = called.TokenKind,
        IsOfOrganization = pass.Account?.UserId is null,
    }.By(claims);

    private static IEnumerable<LimitTake> PaceOf(ProxyPass pass) => pass.Settings.RateLimit is { } most
        ? [new LimitTake(LimitKind.Rate, $"connection/{pass.Connection.Id}/pace", most, TimeSpan.FromMinutes(1), 1, null, null)]
        : [];

    private sealed record Found(ConnectedAccount Account, Connection Connection);
}

/// <summary>What is called, as policies name it.</summary>
/// <param name="Careless">As some servers read it; null: no otherwise.</param>
/// <param name="TokenKind">Which of the account's two tokens; null: the first.</param>
public sealed record CalledResource(string What, string? Careless, string? TokenKind = null)
{
    private const string Head = "HEAD/";

    /// <summary>All that it may be to whoever answers. RFC 9110 §9.3.2: HEAD is GET without the content, and tells of it all the same.</summary>
    public IReadOnlyList<string> Readings
    {
        get
        {
            string[] written = Careless is null ? [What] : [What, Careless];
            return What.StartsWith(Head, StringComparison.Ordinal) ? [.. written, .. written.Select(each => "GET/" + each[Head.Length..])] : written;
        }
    }
}
