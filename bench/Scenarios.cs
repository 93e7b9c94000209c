using AuthServer.Bench.Http;
using AuthServer.Bench.Load;
using AuthServer.Bench.Requests;
using AuthServer.Bench.Servers;

namespace AuthServer.Bench;

/// <summary>Everything that is measured, in the order of the table.</summary>
public static class Scenarios
{
    public const string Bare = "bare";
    public const string BareSigned = "bare-es256";

    private const string Token = "/connect/token";

    // RFC 7636 appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private static string Machine { get; } = RequestTemplate.Basic(RealServer.MachineId, RealServer.Secret);

    private static string Web { get; } = RequestTemplate.Basic(RealServer.WebId, RealServer.Secret);

    private static string Api { get; } = RequestTemplate.Basic(RealServer.ApiId, RealServer.Secret);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(Bare, true, null, null, (at, _) => Fixed(at, BareServer.Json, "\"status\"")),
        new(BareSigned, true, null, null, (at, _) => Fixed(at, BareServer.Signed, "\"access_token\"")),
        new("discovery", false, null, 0.9, (at, _) => Fixed(at, "/.well-known/openid-configuration", "\"token_endpoint\"")),
        new("jwks", false, null, 0.9, (at, _) => Fixed(at, "/.well-known/jwks", "\"keys\"")),
        new("client-credentials", false, 20_000, null, ClientCredentials),
        new("introspection", false, 15_000, null, IntrospectionAsync),
        new("verify", false, 15_000, null, (at, _) => VerifyAsync(at, at.Team!.TokenAsync())),
        new("exchange-1", false, null, null, (at, issued) => ExchangeAsync(at, issued, 1)),
        new("exchange-3", false, 8_000, null, (at, issued) => ExchangeAsync(at, issued, 3)),
        new("verify-3", false, null, null, (at, _) => VerifyAsync(at, at.Team!.DelegatedTokenAsync(3))),
        new("refresh", false, 8_000, null, RefreshAsync),
        new("code", false, 3_500, null, (at, issued) => CodeAsync(at, issued, RealServer.Scope, "\"access_token\"")),
        new("code-openid", false, 3_500, null, (at, issued) => CodeAsync(at, issued, $"openid {RealServer.Scope}", "\"id_token\"")),
    ];

    /// <summary>A call of a provider's API through the vault, and two ways to refresh accounts; on a server of their own.</summary>
    public static Scenario Proxy { get; } = Apart("proxy");

    /// <summary>Each connection has one account.</summary>
    public static Scenario AccountRefresh { get; } = Apart("account-refresh");

    /// <summary>Each connection has many.</summary>
    public static Scenario AccountRefreshMany { get; } = Apart("account-refresh-512");

    /// <summary>A page of the trail, filtered, of a million events; on a server of its own.</summary>
    public static Scenario AuditPage { get; } = Apart("audit-page");

    /// <summary>The command that verifies a million events; not a request.</summary>
    public const string AuditVerify = "audit-verify";

    /// <summary>One request that cuts a tree of ten thousand delegations; not a load.</summary>
    public const string RevokeSubtree = "revoke-10000";

    /// <summary>Every page that a link leads to, signed in; not a load.</summary>
    public const string Pages = "pages";

    public static IEnumerable<string> Names => [.. All.Select(scenario => scenario.Name), Proxy.Name, AccountRefresh.Name, AuditPage.Name, AuditVerify, RevokeSubtree, Pages];

    /// <summary>The query of an authorization request.</summary>
    public static string AuthorizeQuery(string scope, string state) =>
        $"?response_type=code&client_id={RealServer.WebId}&redirect_uri={Uri.EscapeDataString(RealServer.Callback)}&scope={Uri.EscapeDataString(scope)}"
        + $"&state={state}&nonce={state}&code_challenge={Challenge}&code_challenge_method=S256";

    /// <summary>The form that redeems the code of such a request, up to the code.</summary>
    public static string RedeemForm { get; } =
        $"grant_type=authorization_code&redirect_uri={Uri.EscapeDataString(RealServer.Callback)}&code_verifier={Verifier}&code=";

    private static Scenario Apart(string name) => new(name, false, null, null, (_, _) => throw new NotSupportedException());

    private static Task<IConversation> Fixed(Preparation at, string path, string expected) =>
        Task.FromResult<IConversation>(new FixedRequest(RequestTemplate.Get(at.At(path)), expected));

    private static Task<IConversation> ClientCredentials(Preparation at, IssuedTokens issued) =>
        Task.FromResult<IConversation>(new ClientCredentials(
            RequestTemplate.Post(at.At(Token), Machine, $"grant_type=client_credentials&scope={RealServer.Scope}"), issued));

    /// <summary>Each connection asks about a token of its own.</summary>
    private static async Task<IConversation> IntrospectionAsync(Preparation at, IssuedTokens issued)
    {
        var token = await at.Person!.TokenAsync(RealServer.Scope, "access_token");
        return new FixedRequest(RequestTemplate.Post(at.At("/connect/introspect"), Api, $"token={token}"), "\"active\":true");
    }

    /// <summary>The organization asks about tokens of its agent, with three policies of which one counts.</summary>
    private static async Task<IConversation> VerifyAsync(Preparation at, Task<string> token)
    {
        var body = $"{{\"token\":\"{await token}\",\"requiredScopes\":[\"email:send\"],\"context\":{{\"ip\":\"192.0.2.7\"}}}}";
        return new FixedRequest(RequestTemplate.PostJson(at.At("/api/v1/tokens/verify"), await at.Team!.KeyHeaderAsync(), body), "\"allowed\":true");
    }

    /// <summary>Each connection exchanges a token of its own, in which the agent before acts, for one that came by so many hops.</summary>
    private static async Task<IConversation> ExchangeAsync(Preparation at, IssuedTokens issued, int hops)
    {
        var (authorization, form) = await at.Team!.ExchangeAsync(hops);
        return new ClientCredentials(RequestTemplate.Post(at.At(Token), authorization, form), issued);
    }

    private static async Task<IConversation> RefreshAsync(Preparation at, IssuedTokens issued)
    {
        var token = await at.Person!.TokenAsync($"offline_access {RealServer.Scope}", "refresh_token");
        return new RefreshChain(RequestTemplate.Post(at.At(Token), Web, "grant_type=refresh_token&refresh_token="), issued, token);
    }

    private static async Task<IConversation> CodeAsync(Preparation at, IssuedTokens issued, string scope, string expected)
    {
        var state = Guid.NewGuid().ToString("N");
        var authorize = RequestTemplate.Get(at.At("/connect/authorize" + AuthorizeQuery(scope, state)), await at.Person!.CookieHeaderAsync());
        var redeem = RequestTemplate.Post(at.At(Token), Web, RedeemForm);
        return new CodeFlow(authorize, redeem, issued, RealServer.Callback + "?", state, expected);
    }
}
