using Microsoft.AspNetCore.Builder;

namespace AuthServer.Http.OpenApi;

/// <summary>An endpoint's metadata: it answers 201 and where the new thing is.</summary>
public sealed record CreatedMetadata;

public static class CreatedMetadataExtensions
{
    public static TBuilder Creates<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new CreatedMetadata());
}
