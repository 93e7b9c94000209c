using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints.Rest;

/// <summary>An agent's token as its developer sees it for the first time: how it is got, what it says, and what it is answered where it is used. All of it is real.</summary>
public sealed class FirstToken(ApplicationDirectory applications, Redemption redemption, TokenVerification verification, IssuerUri issuer)
{
    private static readonly JsonSerializerOptions Readable = new(ApiJson.Options) { WriteIndented = true };

    /// <param name="agent">Whole, as its own organization sees it.</param>
    /// <param name="secret">Null: it is not known here any more.</param>
    public async Task<Answer<ShownToken>> AskAsync(HttpContext http, AgentAnswer agent, string? secret, CancellationToken ct)
    {
        if (await applications.FindByAgentAsync(agent.Id, ct) is not { } client)
        {
            return Problem.NotFound;
        }

        var scope = ScopeNames.Join(agent.AllowedScopes ?? []);
        var form = Parameters.Of(("grant_type", GrantTypes.ClientCredentials), ("scope", scope.Length == 0 ? null : scope));
        if ((await redemption.RedeemAsync(http, client, form, TokenDoor.Standard, ct)).Failed(out var error, out var tokens))
        {
            return RestErrors.Of(error);
        }

        if ((await verification.VerifyAsync(http, Verifier.Holder, new VerifyBody { Token = tokens.AccessToken }, ct)).Failed(out var problem, out var verified))
        {
            return problem;
        }

        return new ShownToken
        {
            AgentId = agent.Id,
            AgentName = agent.Name,
            ClientId = agent.ClientId,
            Secret = secret,
            Token = tokens.AccessToken,
            GotBy = $"curl -s {issuer.At(Routes.Token)} -u {agent.ClientId}:{secret ?? "ITS-SECRET"} -d grant_type=client_credentials{(scope.Length == 0 ? "" : $" -d 'scope={scope}'")}",
            UsedBy = $$"""curl -s {{issuer.At("/api/v1/tokens/verify")}} -H 'Content-Type: application/json' -d '{"token":"{{tokens.AccessToken}}"}'""",
            Answer = JsonSerializer.Serialize(verified, Readable),
            Claims = ClaimsOf(tokens.AccessToken),
        };
    }

    private static List<KeyValuePair<string, string>> ClaimsOf(string token)
    {
        using var payload = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));
        return [.. payload.RootElement.EnumerateObject().Select(claim =>
            new KeyValuePair<string, string>(claim.Name, claim.Value.ValueKind == JsonValueKind.String ? claim.Value.GetString()! : claim.Value.GetRawText()))];
    }
}

/// <summary>A token and all that is to be seen of it. No record: it must never be printed.</summary>
public sealed class ShownToken
{
    public required string AgentId { get; init; }

    public required string AgentName { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Shown this once; null: it was shown before.</summary>
    public string? Secret { get; init; }

    public required string Token { get; init; }

    /// <summary>The request, as a command.</summary>
    public required string GotBy { get; init; }

    /// <summary>A use of it, as a command.</summary>
    public required string UsedBy { get; init; }

    /// <summary>What that use was answered, as JSON.</summary>
    public required string Answer { get; init; }

    /// <summary>What it says, in its own order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Claims { get; init; }
}
