using System.Globalization;
using System.Text.RegularExpressions;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

/// <summary>Adds to the REST API's operations what their arguments say: parameters, credentials, and how each can be refused.</summary>
internal sealed partial class RestOperations : IOpenApiOperationTransformer
{
    private const string WhatIsMeant = "Which one is meant.";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var (metadata, document) = (context.Description.ActionDescriptor.EndpointMetadata, context.Document!);
        if (metadata.OfType<ProtocolOperation>().Any())
        {
            return Task.CompletedTask;
        }

        AddParameters(operation, context.Description.RelativePath ?? "", [.. metadata.OfType<RequestParameter>()]);
        if (metadata.OfType<CreatedMetadata>().Any() && operation.Responses!.Remove("200", out var made))
        {
            made.Description = "Created; Location says where it is.";
            operation.Responses["201"] = made;
            (made as OpenApiResponse)?.AddHeader("Location", "Its path (RFC 9110 §10.2.2).");
        }

        if (metadata.OfType<IProducesResponseTypeMetadata>().Any(produced => produced.Type?.IsAssignableTo(typeof(IVersioned)) == true)
            && (operation.Responses!.GetValueOrDefault("201") ?? operation.Responses!.GetValueOrDefault("200")) is OpenApiResponse versioned)
        {
            versioned.AddHeader("ETag", "Its version, to be sent back in If-Match (RFC 9110 §8.8.3).");
        }

        var credentials = metadata.OfType<AcceptedCredentials>().ToArray();
        if (credentials.Length > 0)
        {
            // Where two arguments ask who calls, a credential must do for both.
            var schemes = credentials.Select(accepted => accepted.Schemes.AsEnumerable()).Aggregate((all, more) => all.Intersect(more));
            operation.Security = Requirements(document, schemes, credentials.All(accepted => accepted.Optional));
        }

        if (metadata.OfType<RequiredRole>().LastOrDefault() is { } role && credentials is [{ Optional: false }, ..])
        {
            operation.Description = string.Create(CultureInfo.InvariantCulture, $"{operation.Description} Needs the role {role.Role.ToString().ToLowerInvariant()} or a higher one.").Trim();
        }

        foreach (var (status, description) in Refusals(operation, context.Description.HttpMethod, metadata, credentials.Length > 0))
        {
            var refusal = ErrorSchemas.OfRest(document, description);
            operation.Responses!.TryAdd(status, status == "429" ? refusal.Waits() : refusal);
        }

        return Task.CompletedTask;
    }

    /// <param name="optional">The empty requirement: nothing is needed.</param>
    internal static List<OpenApiSecurityRequirement> Requirements(OpenApiDocument document, IEnumerable<string> schemes, bool optional)
    {
        var requirements = schemes.Select(scheme => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = [] });
        return optional ? [new OpenApiSecurityRequirement(), .. requirements] : [.. requirements];
    }

    /// <summary>Those of the path too that no argument of the handler is named after.</summary>
    private static void AddParameters(OpenApiOperation operation, string path, RequestParameter[] read)
    {
        operation.Parameters ??= [];
        foreach (var id in operation.Parameters.OfType<OpenApiParameter>().Where(parameter => parameter is { In: ParameterLocation.Path, Description: null }))
        {
            id.Description = WhatIsMeant;
        }

        var ofPath = PathParameters().Matches(path)
            .Select(match => new RequestParameter(ParameterLocation.Path, match.Groups[1].Value, WhatIsMeant))
            .Where(parameter => operation.Parameters.All(known => known.Name != parameter.Name));
        foreach (var parameter in ofPath.Concat(read).DistinctBy(parameter => (parameter.In, parameter.Name)))
        {
            operation.Parameters.Add(parameter.Describe());
        }
    }

    private static IEnumerable<(string Status, string Description)> Refusals(
        OpenApiOperation operation, string? method, IList<object> metadata, bool hasCaller)
    {
        var hasBody = metadata.OfType<IAcceptsMetadata>().Any();
        if (hasBody || operation.Parameters?.Count > 0)
        {
            yield return ("400", "Something in the request cannot be taken as it is; errors names each field.");
        }

        if (hasCaller)
        {
            yield return ("401", "The credential is missing, unknown, expired or revoked.");
            yield return ("403", "The caller may not do this.");
        }

        if (operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Path) == true)
        {
            yield return ("404", "There is no such thing, or it belongs to somebody else.");
        }

        if (method is not "GET")
        {
            yield return ("409", "It does not fit what is there already.");
        }

        if (metadata.OfType<RequestParameter>().Any(parameter => parameter.Name == "If-Match"))
        {
            yield return ("412", "It was changed meanwhile.");
        }

        if (hasBody)
        {
            var kinds = metadata.OfType<IAcceptsMetadata>().Last().ContentTypes;
            yield return ("413", kinds.Contains("application/json") ? "The body is larger than 64 KiB." : "The body is larger than it may be.");
            yield return ("415", $"The body is not {string.Join(" or ", kinds)}.");
        }

        yield return ("429", "Too many requests; wait as long as Retry-After says.");
        yield return ("default", "The server failed; the trace id leads the operator to the reason.");
    }

    [GeneratedRegex(@"\{\**([A-Za-z0-9_]+)[^}]*\}")]
    private static partial Regex PathParameters();
}
