using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

/// <summary>An endpoint's metadata: a value that it reads beside the body. The argument that reads it says so.</summary>
public sealed record RequestParameter(ParameterLocation In, string Name, string Description, JsonSchemaType Type = JsonSchemaType.String)
{
    internal OpenApiParameter Describe() => new()
    {
        In = In,
        Name = Name,
        Description = Description,
        Required = In == ParameterLocation.Path,
        Schema = new OpenApiSchema { Type = Type },
    };
}
