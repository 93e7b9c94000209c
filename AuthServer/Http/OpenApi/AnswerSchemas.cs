using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

/// <summary>A member that can be null is left out of answers when it is, so it is not required, and null itself is never written.</summary>
internal sealed class AnswerSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (property.Type?.HasFlag(JsonSchemaType.Null) == true)
            {
                schema.Required?.Remove(name);
            }
        }

        return Task.CompletedTask;
    }
}
