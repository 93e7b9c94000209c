using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.DPoP;
using AuthServer.Organizations;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Mcp;

/// <summary>Says as whom a message comes, and asks for a token where it needs one.</summary>
internal sealed class McpAdmission(McpChallenge challenge, Callers callers, PresentedTokens presented)
{
    /// <summary>The problem of a request without a message; null: it has none.</summary>
    public Problem? Ask(HttpContext http, McpDoor door)
    {
        if (!door.Asks || TokenHeader.Read(http) is not null)
        {
            return null;
        }

        challenge.Ask(http, door, null);
        return ToolErrors.NoCaller;
    }

    public async Task<Answer<Admitted>> AdmitAsync(HttpContext http, McpDoor door, McpMessage message)
    {
        var tool = door.Find(message.Tool);
        var token = TokenHeader.Read(http);
        if (token is null && (door.Asks || (tool?.Scope is not null && message.AccessToken is null)))
        {
            challenge.Ask(http, door, tool?.Scope);
            return ToolErrors.NoCaller;
        }

        // A token among the arguments is who calls the tool; the request's is who holds the connection.
        var holder = token is null ? null : await HolderAsync(http, door, token, message.AccessToken is null ? tool : null);
        if (holder?.Refusal is { } refusal && (refusal.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status429TooManyRequests || refusal.Code == "insufficient_scope"))
        {
            await http.TellRefusalAsync(holder, tool?.Tool, refusal);
            if (refusal.Status != StatusCodes.Status429TooManyRequests)
            {
                challenge.Refuse(http, door, refusal, McpChallenge.ScopesFor(door, await HeldAsync(http, token!), tool?.Scope));
            }

            return refusal;
        }

        // Whoever carries the message out has no use for them: a proof of this request is none for a token that a tool gives.
        http.Request.Headers.Authorization = default;
        http.Request.Headers.Remove(DPoPProof.Header);
        if (tool?.Scope is not null)
        {
            http.Features.Set(new ToolCaller(tool.Tool, message.AccessToken is { } named ? await NamedAsync(http, door, named, tool) : holder!));
        }

        return new Admitted(holder?.Known is { } known ? $"{known.UserId} {known.ClientId}" : null);
    }

    private ValueTask<ActingParty> HolderAsync(HttpContext http, McpDoor door, string credential, McpNeed? tool) =>
        callers.HolderAsync(http, credential, door.Audiences, tool?.Scope, tool is null or { ReadsOnly: true } || tool.Scope is null ? Role.Auditor : Role.Developer);

    /// <summary>Who calls by a token among the arguments, which says it of this call alone. It is the model's own to mend, so nothing is asked of its host.</summary>
    private async ValueTask<ActingParty> NamedAsync(HttpContext http, McpDoor door, string token, McpNeed tool)
    {
        var named = await HolderAsync(http, door, token, tool);
        http.Response.Headers.Remove("WWW-Authenticate");
        http.Response.Headers.Remove("Retry-After");
        return named;
    }

    /// <summary>The scopes of a token that is good, but not enough.</summary>
    private async ValueTask<IReadOnlyList<string>> HeldAsync(HttpContext http, string token) =>
        (await presented.VerifyAsync(http, token, http.RequestAborted)).Claims is { } claims && claims.TryGetString("scope", out var scopes) ? ScopeNames.Parse(scopes) ?? [] : [];
}

/// <param name="Caller">Who presented a token with the request; null: nobody did.</param>
internal sealed record Admitted(string? Caller);
