using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

/// <summary>What an endpoint of the protocol takes and answers, which no types tell.</summary>
/// <param name="Fields">In the query of GET, in the form of POST.</param>
/// <param name="Answer">Members of the JSON object that it answers with; empty: it answers with its status alone; null: it answers a browser.</param>
public sealed record ProtocolOperation(string Description, IReadOnlyList<ProtocolField> Fields, IReadOnlyList<ProtocolField>? Answer)
{
    /// <summary>Errors are RFC 6749's JSON, with these codes; empty: none but outages, or they are shown to a person.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>The fields are members of a JSON object, not of a form.</summary>
    public bool IsJson { get; init; }

    /// <summary>Of a success.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>Parameters of the route.</summary>
    public IReadOnlyList<ProtocolField> InPath { get; init; } = [];

    /// <summary>Headers that it reads beside those of the credentials.</summary>
    public IReadOnlyList<ProtocolField> InHeader { get; init; } = [];

    /// <summary>Of <see cref="SecuritySchemes"/>; empty: nobody has to say who they are.</summary>
    public IReadOnlyList<string> Schemes { get; init; } = [];

    /// <summary>A caller may leave the header out: public clients, and clients that prove themselves in the form.</summary>
    public bool SchemesAreOptional { get; init; }
}

/// <summary>One field of a form, a query or an answer.</summary>
/// <param name="Description">Null where the name says it all.</param>
public sealed record ProtocolField(string Name, string? Description = null, bool Required = false, JsonSchemaType Type = JsonSchemaType.String)
{
    internal OpenApiSchema Schema => new()
    {
        Type = Type,
        Description = Description,
        Items = Type.HasFlag(JsonSchemaType.Array) ? new OpenApiSchema { Type = JsonSchemaType.String } : null,
    };
}

public static class ProtocolOperationMetadata
{
    // Only what has a method is described at all; these handlers take nothing but the request.
    private static readonly MethodInfo Handler = ((Delegate)((HttpContext _) => Task.CompletedTask)).Method;

    public static IEndpointConventionBuilder Describe(this IEndpointConventionBuilder endpoint, string name, string summary, ProtocolOperation operation) =>
        endpoint.WithMetadata(Handler, operation).WithName(name).WithSummary(summary).WithDescription(operation.Description).WithTags("OAuth 2.1 and OpenID Connect");
}
