using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault.Accounts;

/// <summary><c>/api/v1/connected-accounts</c>, <c>/auth/exchange</c> and <c>/oauth-tokens</c>: for members and their keys.</summary>
internal static class AccountsApi
{
    public static IServiceCollection AddConnectedAccounts(this IServiceCollection services) => services
        .AddSingleton<AccountChanges>()
        .AddSingleton<AccountLinkChanges>()
        .AddSingleton<SealedTokens>()
        .AddSingleton<ProviderApps>()
        .AddSingleton<SharedGrants>()
        .AddSingleton<GrantRevocations>()
        .AddSingleton<DueAccounts>()
        .AddSingleton<ConnectedAccounts>()
        .AddSingleton<AccountFigures>()
        .AddSingleton<AccountLinks>()
        .AddSingleton<ShownCodes>()
        .AddSingleton<LinkOutcomes>()
        .AddSingleton<LinkVisits>()
        .AddSingleton<AccountAdoption>()
        .AddSingleton<ProviderInquiries>()
        .AddSingleton<LinkChoices>()
        .AddSingleton<AccountInstances>()
        .AddSingleton<GrantedAccounts>()
        .AddSingleton<AccountReturns>()
        .AddSingleton<AccountExchange>()
        .AddSingleton<OAuthTokensList>()
        .AddSingleton<AccountAgents>()
        .AddSingleton<Disconnections>()
        .AddSingleton<PersonalAccounts>()
        .AddSingleton<FormerAccounts>()
        .AddSingleton<ConnectPicker>()
        .AddSingleton<GrantEndingChanges>()
        .AddSingleton<GrantEndings>()
        .AddSingleton<AccountEndings>()
        .AddSingleton<ClosedVaultChanges>()
        .AddSingleton<ClosedVaults>()
        .AddSingleton<GrantEndingWork>()
        .AddHostedService(provider => provider.GetRequiredService<GrantEndingWork>())
        .AddSingleton<ProviderDoor>()
        .AddSingleton<AbandonedLinks>()
        .AddHostedService(provider => provider.GetRequiredService<AbandonedLinks>());

    public static void MapConnectedAccounts(this RouteGroupBuilder api)
    {
        var all = api.MapGroup("/connected-accounts").WithTags("Connected accounts");
        all.MapPost("", (Body<NewConnectedAccount> body, Developer developer, ConnectedAccounts accounts, HttpContext http, CancellationToken ct) =>
                accounts.CreateAsync(http, developer, body.Value, ct))
            .Creates().WithName("createConnectedAccount").WithSummary("An account that somebody is to link. The same again answers the same account.");
        all.MapGet("", (Developer developer, AccountFilter filter, Paging paging, ConnectedAccounts accounts, CancellationToken ct) => accounts.ListAsync(developer, filter, paging, ct))
            .WithName("listConnectedAccounts").WithSummary("The organization's connected accounts, newest first.");
        all.MapGet("/{id}", (string id, Developer developer, ConnectedAccounts accounts, CancellationToken ct) => accounts.FindAsync(developer, id, ct))
            .WithName("getConnectedAccount").WithSummary("One account. Its access token is renewed first, where that is due.");
        all.MapPost("/{id}/auth-url", (string id, OptionalBody<NewAccountLink> body, Developer developer, AccountLinks links, HttpContext http, CancellationToken ct) =>
                links.CreateAsync(http, developer, id, body.Value, ct))
            .WithName("getAuthUrl").WithSummary("A link for the account's owner: it works once, for ten minutes, in one browser.");
        all.MapDelete("/{id}", (string id, Developer developer, ConnectedAccounts accounts, HttpContext http, CancellationToken ct) => accounts.DeleteAsync(http, developer, id, ct))
            .WithName("deleteConnectedAccount").WithSummary("Takes the grant back at the provider, unless another account lives by it, and destroys the tokens.");
    }

    public static void MapOAuthTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapApi("/auth").WithTags("Connected accounts")
            .MapPost("/exchange", (Body<ExchangeRequest> body, Developer developer, AccountExchange exchange, HttpContext http, CancellationToken ct) =>
                exchange.RedeemAsync(http, developer, body.Value, ct))
            .WithName("exchangeAccountCode").WithSummary("Redeems the code that your return URL was sent, or that a person was shown: the account becomes active.");
        routes.MapApi("/oauth-tokens").WithTags("Connected accounts")
            .MapGet("", (Developer developer, OAuthTokensQuery query, OAuthTokensList tokens, CancellationToken ct) => tokens.ListAsync(developer, query, ct))
            .WithName("listOAuthTokens").WithSummary("What is stored for somebody at a provider: status, scopes and expiry, never a token.");
    }
}
