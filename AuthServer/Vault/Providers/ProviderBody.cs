using System.Reflection;
using System.Text.Json;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace AuthServer.Vault.Providers;

/// <summary>A provider as a request describes it.</summary>
public sealed class ProviderBody : IRefusable, IEndpointParameterMetadataProvider
{
    private readonly Provider? _value;

    private ProviderBody(Provider? value, Problem? refusal) => (_value, Refusal) = (value, refusal);

    public Problem? Refusal { get; }

    public Provider Value => _value ?? throw new InvalidOperationException("A refused body was used.");

    public static async ValueTask<ProviderBody> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var sent = await Body<Dictionary<string, JsonElement>>.ReadAsync(http);
        if (sent.Refusal is { } refusal)
        {
            return new(null, refusal);
        }

        var faults = new Faults();
        var json = JsonSerializer.SerializeToElement(sent.Value, ApiJson.Requests);
        return ProviderReading.Read(json, faults) is { } provider ? new(provider, null) : new(null, faults.Problem);
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(Provider)));
}
