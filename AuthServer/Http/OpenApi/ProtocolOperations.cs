using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

/// <summary>Describes the protocol's endpoints as their <see cref="ProtocolOperation"/> says.</summary>
internal sealed class ProtocolOperations : IOpenApiOperationTransformer
{
    private const string Form = "application/x-www-form-urlencoded";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ProtocolOperation>().FirstOrDefault() is not { } said)
        {
            return Task.CompletedTask;
        }

        var document = context.Document!;
        if (context.Description.HttpMethod == "POST" || said.IsJson)
        {
            operation.RequestBody = said.Fields.Count == 0 ? null : new OpenApiRequestBody
            {
                Required = said.Fields.Any(field => field.Required),
                Content = Content(said.IsJson ? "application/json" : Form, Object(said.Fields)),
            };
        }
        else
        {
            operation.Parameters = [.. said.Fields.Select(field => new OpenApiParameter
            {
                In = ParameterLocation.Query,
                Name = field.Name,
                Description = field.Description,
                Required = field.Required,
                Schema = field.Schema,
            })];
        }

        if (said.InPath.Count + said.InHeader.Count > 0)
        {
            operation.Parameters =
            [
                .. said.InPath.Select(field => new OpenApiParameter { In = ParameterLocation.Path, Name = field.Name, Description = field.Description, Required = true, Schema = field.Schema }),
                .. said.InHeader.Select(field => new OpenApiParameter { In = ParameterLocation.Header, Name = field.Name, Description = field.Description, Schema = field.Schema }),
            ];
        }

        operation.Security = said.Schemes.Count > 0 ? RestOperations.Requirements(document, said.Schemes, said.SchemesAreOptional) : [];
        operation.Responses = Responses(said, document);
        return Task.CompletedTask;
    }

    private static OpenApiResponses Responses(ProtocolOperation said, OpenApiDocument document)
    {
        var responses = new OpenApiResponses();
        if (said.Answer is { } answer)
        {
            var success = new OpenApiResponse { Description = ReasonPhrases.GetReasonPhrase(said.Status), Content = answer.Count > 0 ? Content("application/json", Object(answer)) : null };
            if (said.Status == StatusCodes.Status201Created)
            {
                success.AddHeader("Location", "Its address (RFC 9110 §10.2.2), where the caller manages it.");
            }

            responses[said.Status.ToString(CultureInfo.InvariantCulture)] = success;
        }
        else
        {
            responses["303"] = new OpenApiResponse { Description = "The browser goes on to a page, or back to the client." };
            responses["400"] = new OpenApiResponse { Description = "A page tells the person what is wrong.", Content = Content("text/html", new OpenApiSchema { Type = JsonSchemaType.String }) };
        }

        if (said.Errors.Count > 0)
        {
            responses["400"] = ErrorSchemas.OfProtocol(document, $"error is one of: {string.Join(", ", said.Errors)}.");
            responses["413"] = ErrorSchemas.OfProtocol(document, "The body is larger than 64 KiB.");
            responses["429"] = ErrorSchemas.OfProtocol(document, "Too many refused requests; wait as long as Retry-After says.").Waits();
        }

        if (said.Schemes.Count > 0)
        {
            responses["401"] = ErrorSchemas.OfProtocol(document, "The caller has not proven who they are.");
        }

        responses["default"] = ErrorSchemas.OfProtocol(document, "The server failed.");
        return responses;
    }

    private static OpenApiSchema Object(IReadOnlyList<ProtocolField> fields) => new()
    {
        Type = JsonSchemaType.Object,
        Required = fields.Where(field => field.Required).Select(field => field.Name).ToHashSet(),
        Properties = fields.ToDictionary(field => field.Name, IOpenApiSchema (field) => field.Schema),
    };

    private static Dictionary<string, OpenApiMediaType> Content(string type, OpenApiSchema schema) => new() { [type] = new OpenApiMediaType { Schema = schema } };
}
