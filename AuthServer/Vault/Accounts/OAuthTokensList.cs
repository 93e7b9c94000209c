using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Protocol;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.EntityFrameworkCore;
using Microsoft.OpenApi;
using System.Reflection;

namespace AuthServer.Vault.Accounts;

/// <summary>Whose accounts are asked for, and where.</summary>
public sealed record OAuthTokensQuery(string IdentifierId, string Resource, Problem? Refusal) : IRefusable, IEndpointParameterMetadataProvider
{
    public static ValueTask<OAuthTokensQuery> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var faults = new Faults();
        string Read(string name)
        {
            var text = http.Request.Query[name].ToString();
            faults.Add(name, VisibleText.IsLine(text, ConnectedAccounts.LongestIdentifier) ? null : $"Give 1 to {ConnectedAccounts.LongestIdentifier} visible characters.");
            return text;
        }

        var (identifier, resource) = (Read("identifierId"), Read("resource"));
        return ValueTask.FromResult(new OAuthTokensQuery(identifier, resource, faults.Problem));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "identifierId", "Required. The owner of the accounts, by your own name."));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "resource", "Required. A provider, or a family of them, such as google."));
    }
}

/// <param name="Id">The stored token's id, <c>oat_…</c>: the account's with another prefix.</param>
/// <param name="Resource">As it was asked for.</param>
/// <param name="Scopes">By their short names; absent: the provider does not say.</param>
public sealed record OAuthTokenItem(
    string Id, string IdentifierId, string Resource, IReadOnlyList<string>? Scopes, AccountStatus Status, DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt, string ConnectedAccountId);

/// <param name="Data">Newest first.</param>
public sealed record OAuthTokens(IReadOnlyList<OAuthTokenItem> Data);

/// <summary><c>/oauth-tokens</c>: what is stored for somebody at a provider. Never a token.</summary>
public sealed class OAuthTokensList(IDbContextFactory<AuthDbContext> contexts, ConnectedAccounts accounts, DueAccounts due)
{
    private const int Most = 200;

    public async Task<Answer<OAuthTokens>> ListAsync(Developer developer, OAuthTokensQuery query, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var connections = (await context.Connections.AsNoTracking().Where(row => row.OrganizationId == developer.OrganizationId).ToListAsync(ct))
            .Where(row => ConnectedAccounts.Sees(developer, row)).ToList();
        var providers = await accounts.ProvidersAsync(connections, ct);
        var ids = connections.Where(row => ConnectedAccounts.IsOf(row.ProviderId, providers.GetValueOrDefault(row.ProviderId), query.Resource)).Select(row => row.Id).ToList();

        // What the organization itself connected serves each of its members.
        var isMember = Identifiers.ToUuid("usr_", query.IdentifierId) is not null
            && await context.Members.AnyAsync(row => row.OrganizationId == developer.OrganizationId && row.UserId == query.IdentifierId, ct);
        var found = context.ConnectedAccounts.AsNoTracking()
            .Where(row => row.OrganizationId == developer.OrganizationId && ids.Contains(row.ConnectionId) && row.ConnectedAt != null
                && (row.Identifier == query.IdentifierId
                    || (isMember && row.IdentifierType == ConnectedAccounts.OrganizationType && row.Identifier == developer.OrganizationId)))
            .OrderByDescending(row => row.Id).Take(Most);
        var rows = await found.ToListAsync(ct);
        var renewed = await Task.WhenAll(rows.Select(row => due.RenewAsync(row, ct)));
        if (renewed.Contains(true))
        {
            rows = await found.ToListAsync(ct);
        }

        var providerOf = connections.ToDictionary(row => row.Id, row => providers.GetValueOrDefault(row.ProviderId));
        return new OAuthTokens([.. rows.Select(row => Item(row, query, providerOf[row.ConnectionId]))]);
    }

    private static OAuthTokenItem Item(ConnectedAccount row, OAuthTokensQuery query, Provider? provider) => new(
        Identifiers.FromUuid(ConnectedAccount.TokenIdPrefix, Identifiers.ToUuid(ConnectedAccount.IdPrefix, row.Id)!.Value),
        row.Identifier,
        query.Resource,
        ConnectedAccountItem.ListOf(row.GrantedScopes)?.Select(scope => provider?.Oauth?.Scopes.Shortened(scope) ?? scope).ToList(),
        row.Status,
        row.AccessExpiresAt,
        row.CreatedAt,
        row.Id);
}
