using System.Reflection;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

/// <summary>What stands around the operations: who answers, where, and with which credentials.</summary>
internal sealed class DocumentFrame(IssuerUri issuer) : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "AuthServer",
            Version = typeof(DocumentFrame).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0",
            Description = "Identity for AI agents, consent of people, policies, and the trail. Requests of the REST API may be written in camelCase or snake_case; unknown members are refused.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = issuer.Value }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = SecuritySchemes.All(issuer);
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        foreach (var (name, schema) in ErrorSchemas.All)
        {
            document.Components.Schemas[name] = schema;
        }

        foreach (var operations in document.Paths.Values.Select(path => path.Operations!))
        {
            // What GET answers, HEAD answers without the body.
            operations.Remove(HttpMethod.Head);
            if (operations.Count > 1 && operations.TryGetValue(HttpMethod.Post, out var post) && operations.TryGetValue(HttpMethod.Get, out var get) && post.OperationId == get.OperationId)
            {
                post.OperationId += "ByForm";
            }
        }

        return Task.CompletedTask;
    }
}
