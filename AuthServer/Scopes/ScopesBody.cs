using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace AuthServer.Scopes;

/// <summary>Scopes and wildcards to resolve: an object that holds the list, or, as AgentAuth's clients send it, the list alone.</summary>
public sealed class ScopesBody : IRefusable, IEndpointParameterMetadataProvider
{
    private ScopesBody(IReadOnlyList<string>? scopes, Problem? refusal) => (Scopes, Refusal) = (scopes, refusal);

    public IReadOnlyList<string>? Scopes { get; }

    public Problem? Refusal { get; }

    public static async ValueTask<ScopesBody> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var body = await Body<Either>.ReadAsync(http);
        return new(body.Refusal is null ? body.Value.Scopes : null, body.Refusal);
    }

    /// <summary>For the OpenAPI document, which shows the object.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(ScopesToResolve)));

    [JsonConverter(typeof(Reader))]
    private sealed class Either
    {
        public IReadOnlyList<string>? Scopes { get; init; }
    }

    private sealed class Reader : JsonConverter<Either>
    {
        public override Either Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new()
        {
            Scopes = reader.TokenType == JsonTokenType.StartArray
                ? JsonSerializer.Deserialize<IReadOnlyList<string>>(ref reader, options)
                : JsonSerializer.Deserialize<ScopesToResolve>(ref reader, options)?.Scopes,
        };

        public override void Write(Utf8JsonWriter writer, Either value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.Scopes, options);
    }
}
