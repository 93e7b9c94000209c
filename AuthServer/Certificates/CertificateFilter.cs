using System.Reflection;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Certificates;

/// <summary>Which certificates are asked for: <c>status</c>, and <c>metadata.NAME</c>, a member of the metadata and its value.</summary>
public sealed record CertificateFilter(CertificateStatus? Status, IReadOnlyDictionary<string, string> Metadata, Problem? Refusal)
    : IRefusable, IEndpointParameterMetadataProvider
{
    private const string Prefix = "metadata.";
    private const int Most = 20;

    public static ValueTask<CertificateFilter> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var faults = new Faults();
        var query = http.Request.Query;
        var status = QueryWord.Read<CertificateStatus>(http, "status", faults);
        var metadata = query.Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[Prefix.Length..], pair => pair.Value.ToString(), StringComparer.Ordinal);
        faults.Add("metadata", metadata.Count > Most ? $"Name at most {Most} members." : null);
        return ValueTask.FromResult(new CertificateFilter(status, metadata, faults.Problem));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "status", QueryWord.Rule<CertificateStatus>()));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "metadata.NAME", "The value of a member of the metadata, exactly; may be given for several."));
    }

    public bool Admits(Certificate certificate, DateTimeOffset now)
    {
        if (Status is { } status && certificate.StatusAt(now) != status)
        {
            return false;
        }

        if (Metadata.Count == 0)
        {
            return true;
        }

        var known = JsonElement.Parse(certificate.Metadata);
        return Metadata.All(wanted => known.TryGetProperty(wanted.Key, out var value) && Text(value) == wanted.Value);
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
