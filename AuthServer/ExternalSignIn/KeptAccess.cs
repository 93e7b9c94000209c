using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.ExternalSignIn;

/// <summary>What people agree to when they sign in by a provider, kept as their connected account where the operator names a connection for it. Else nothing is kept.</summary>
public sealed class KeptAccess(
    IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, SharedApps shared, SealedTokens tokens, GrantEndings endings, TimeProvider clock)
{
    /// <summary>The connection; null: none is named, or it cannot keep anything now.</summary>
    public async Task<KeepingConnection?> FindAsync(ExternalProvider provider, CancellationToken ct) =>
        await NamedAsync(provider, ct) is { Connection.Status: ConnectionStatus.Active } keeping ? keeping : null;

    /// <summary>The same, whatever its state is.</summary>
    private async Task<KeepingConnection?> NamedAsync(ExternalProvider provider, CancellationToken ct)
    {
        if (provider.ConnectionId is null)
        {
            return null;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var found = await context.Connections.AsNoTracking().Where(row => row.Id == provider.ConnectionId)
            .Join(context.Organizations, row => row.OrganizationId, row => row.Id, (connection, organization) => new { Connection = connection, organization.Name }).FirstOrDefaultAsync(ct);
        if (found is not { Connection: { Auth: ConnectionAuth.OAuth2 } connection }
            || await catalog.FindAsync(connection.OrganizationId, connection.ProviderId, ct) is not { } definition)
        {
            return null;
        }

        // Another app could not refresh what this one is given, and it is given back to nobody but the provider.
        return connection.ReadSettings() is { AuthorizationUrl: null, TokenUrl: null } && (connection.ClientId ?? shared.Find(definition)?.ClientId) == provider.ClientId
            ? new KeepingConnection(connection, definition, found.Name, ProviderApps.ScopesOf(connection, definition))
            : null;
    }

    /// <summary>For as long as the person thinks about it.</summary>
    public string Seal(TokenSet brought, ExternalArrival arrival) => tokens.Seal(brought, arrival.TokensPlace);

    /// <summary>Adds the account, or puts it in the place of what it had: the caller saves. False: nothing of it is kept.</summary>
    public async Task<bool> TryAddAsync(AuthDbContext context, HttpContext http, ExternalArrival arrival, string userId, KeepingConnection keeping, CancellationToken ct)
    {
        if (tokens.Open(arrival.Tokens, arrival.TokensPlace) is not { } brought)
        {
            return false;
        }

        var (now, connection) = (clock.GetStoredNow(), keeping.Connection);
        var account = await context.ConnectedAccounts
            .FirstOrDefaultAsync(row => row.ConnectionId == connection.Id && row.IdentifierType == ConnectedAccounts.UserType && row.Identifier == userId, ct);

        // One of another account there is not replaced in passing.
        if (account is { ProviderAccount: { } known } && known != arrival.Subject)
        {
            return false;
        }

        account ??= context.ConnectedAccounts.Add(ConnectedAccounts.New(connection, userId, ConnectedAccounts.UserType, now)).Entity;
        AccountAdoption.Fill(tokens, account, keeping.Rules, brought, keeping.Scopes, now);
        (account.ProviderAccount, account.ProviderName, account.IsVerified) = (arrival.Subject, arrival.Email ?? arrival.Name, true);
        context.AuditEvents.Add(AuditEventRow.From(
            AccountEvents.Of(AccountEvents.Connected, http, new KnownCaller(userId), account, connection.ProviderId, now, "sign_in") with { Scope = ScopeOf(brought) }));
        return true;
    }

    /// <summary>What an arrival holds and nobody keeps goes on the list of what is taken back at the provider: the caller saves. Who arrived twice may still agree.</summary>
    public async Task GiveUpAsync(AuthDbContext context, ExternalArrival arrival, ExternalProvider? provider, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (provider is not null && tokens.Open(arrival.Tokens, arrival.TokensPlace) is { } brought
            && !await context.ExternalArrivals.AnyAsync(
                row => row.Id != arrival.Id && row.Provider == arrival.Provider && row.Issuer == arrival.Issuer && row.Subject == arrival.Subject && row.Tokens != null && row.ExpiresAt > now, ct))
        {
            await GiveUpAsync(context, provider, arrival.Subject, brought, ct);
        }
    }

    /// <summary>The same of what came with somebody who is not let in.</summary>
    public async Task DropAsync(ExternalReturn returned, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await GiveUpAsync(context, returned.Provider!, returned.Identity!.Subject, returned.Tokens!, ct);
        await context.SaveChangesAsync(ct);
    }

    /// <summary>A new sign-in renews what the person has agreed to before, and only that. Whoever changed the account meanwhile knows better.</summary>
    public async Task RenewAsync(ExternalProvider provider, ExternalIdentity identity, TokenSet brought, string userId, CancellationToken ct)
    {
        if (await FindAsync(provider, ct) is not { Connection: var connection } keeping)
        {
            return;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var account = await context.ConnectedAccounts.FirstOrDefaultAsync(
            row => row.ConnectionId == connection.Id && row.IdentifierType == ConnectedAccounts.UserType && row.Identifier == userId
                && row.ProviderAccount == identity.Subject && row.Status != AccountStatus.Revoked,
            ct);
        if (account is not null)
        {
            AccountAdoption.Fill(tokens, account, keeping.Rules, brought, keeping.Scopes, clock.GetStoredNow());
        }
        else
        {
            await GiveUpAsync(context, provider, identity.Subject, brought, ct);
        }

        await context.TrySaveAsync();
    }

    // Where no connection can keep anything, nothing but the sign-in itself was asked for.
    private async Task GiveUpAsync(AuthDbContext context, ExternalProvider provider, string subject, TokenSet brought, CancellationToken ct)
    {
        if (await NamedAsync(provider, ct) is { Connection: var connection } && await endings.OfUnkeptAsync(connection, subject, brought, ct) is { } ending)
        {
            context.GrantEndings.Add(ending);
        }
    }

    private static string? ScopeOf(TokenSet brought) => brought.Scopes is { Count: > 0 } scopes ? string.Join(' ', scopes) : null;
}

/// <summary>The connection that keeps what people agree to, and whose it is.</summary>
public sealed record KeepingConnection(Connection Connection, Provider Provider, string OrganizationName, IReadOnlyList<string> Scopes)
{
    internal KeepingRules Rules => new(Connection.ReadSettings(), Provider.Oauth!.Refresh);
}
