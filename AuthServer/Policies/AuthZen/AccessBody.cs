using System.Reflection;
using System.Text.Json;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace AuthServer.Policies.AuthZen;

/// <summary>An AuthZEN request: a JSON object, of which what is not known is ignored (§10.1.1), unlike everywhere else here.</summary>
/// <typeparam name="T">Its shape, for the OpenAPI document.</typeparam>
public sealed class AccessBody<T> : IRefusable, IEndpointParameterMetadataProvider
{
    private AccessBody(JsonElement json, Problem? refusal) => (Json, Refusal) = (json, refusal);

    public Problem? Refusal { get; }

    public JsonElement Json { get; }

    public static async ValueTask<AccessBody<T>> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        if (!http.Request.HasJsonContentType())
        {
            return new(default, Problem.NoJson);
        }

        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, ApiJson.Document, http.RequestAborted);
            return document.RootElement.ValueKind == JsonValueKind.Object && ApiJson.IsText(document.RootElement)
                ? new(document.RootElement.Clone(), null)
                : new(default, Problem.Malformed("malformed_json", "The body must be a JSON object."));
        }
        catch (JsonException)
        {
            return new(default, Problem.Malformed("malformed_json", "The body must be a JSON object."));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new(default, new Problem(StatusCodes.Status413PayloadTooLarge, "too_large", "The request body is larger than 64 KiB."));
        }
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}
