using AuthServer.Http.Api;
using AuthServer.Vault.Refresh;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Proxy;

/// <summary>Lets an access token out of the vault: only where the connection allows it, for a scope of its own, and never without an event. A refresh token never leaves.</summary>
public sealed class RawTokens(ProxyGate gate, AccountTokens tokens)
{
    private static readonly Problem Off = Problem.Forbidden("raw_tokens_off", "This connection lets no token out of the vault. Call through its proxy.");

    public async Task<Answer<RawToken>> ReleaseAsync(HttpContext http, ActingParty caller, string accountId, CancellationToken ct)
    {
        if ((await gate.AccountAsync(http, caller, accountId, ct)).Failed(out var problem, out var pass))
        {
            return problem;
        }

        if (!pass.Connection.AllowsRawTokens)
        {
            return Off;
        }

        return await gate.DecideAsync(http, pass, ProxyGate.Release, ProxyEvents.TokenReleased, "token", new CalledResource("token", null), ct) is { } denied ? denied
            : (await tokens.GetAsync(pass.Account!, ct)).Failed(out problem, out var found) ? problem
            : new RawToken(found.AccessToken, "Bearer", found.ExpiresAt, found.Scopes);
    }
}

/// <param name="ExpiresAt">Null: never, or nobody knows.</param>
/// <param name="Scopes">Null: the provider does not say.</param>
[SnakeCase]
public sealed record RawToken(string AccessToken, string TokenType, DateTimeOffset? ExpiresAt, IReadOnlyList<string>? Scopes)
{
    public override string ToString() => "RawToken (redacted)";
}
