using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Endpoints;
using AuthServer.Endpoints.Rest;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Mcp.Tools;

internal sealed class IntrospectTokenTool(TokenIntrospection introspection, PreAuthenticationLimit limit)
    : McpTool<IntrospectTokenTool.Arguments, IntrospectTokenTool.Result>(
        new(
            "introspect_token",
            "Look at a token",
            "Check whether an access or refresh token is valid and what it says (RFC 7662). Whoever holds a token may. A token that is not valid is answered with active: false and nothing else."),
        ToolKind.Reads,
        null)
{
    protected override async Task<Answer<Result>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct)
    {
        if (limit.WaitFor(call.Http) is { } tooMany)
        {
            return RestErrors.Of(tooMany);
        }

        var found = await introspection.FindAsync(null, arguments.Token, ct);
        if (ReferenceEquals(found, Introspection.Inactive))
        {
            limit.Refuse(call.Http, OAuthError.InvalidGrant("nothing_to_introspect"));
        }

        return Read(found);
    }

    private static Result Read(Introspection found)
    {
        // Copied at once: the writer's memory is used again.
        using var document = JsonDocument.Parse(OAuthResponse.Serialize(found, static (json, found) => found.WriteTo(json)).ToArray());
        var members = document.RootElement.EnumerateObject().Where(member => member.Name != "active").ToDictionary(member => member.Name, member => member.Value.Clone());
        var scopes = members.TryGetValue("scope", out var scope) ? ScopeNames.Parse(scope.GetString() ?? "") : null;
        var expiresAt = members.TryGetValue("exp", out var exp) ? DateTimeOffset.FromUnixTimeSeconds(exp.GetInt64()) : (DateTimeOffset?)null;
        return new Result { Active = document.RootElement.GetProperty("active").GetBoolean(), Scopes = scopes, ExpiresAt = expiresAt, Claims = members };
    }

    /// <summary>Holds a secret, so it is no record, which would print it.</summary>
    internal sealed class Arguments
    {
        [Description("The access or refresh token to look at.")]
        public required string Token { get; init; }
    }

    /// <summary>Beside these, every claim of the token by its own name.</summary>
    internal sealed class Result
    {
        public required bool Active { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? Scopes { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public DateTimeOffset? ExpiresAt { get; init; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Claims { get; init; }
    }
}
