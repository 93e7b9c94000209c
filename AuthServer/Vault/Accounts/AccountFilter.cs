using System.Reflection;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Vault.Accounts;

/// <summary>Which connected accounts are asked for; each part narrows the list.</summary>
public sealed record AccountFilter : IRefusable, IEndpointParameterMetadataProvider
{
    private const int Longest = 200;

    public Problem? Refusal { get; private init; }

    public string? ConnectionId { get; init; }

    /// <summary>A provider, or a family of them.</summary>
    public string? Provider { get; private init; }

    public string? Identifier { get; init; }

    public string? IdentifierType { get; private init; }

    public AccountStatus? Status { get; init; }

    public AccountHealth? Health { get; private init; }

    public static ValueTask<AccountFilter> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var faults = new Faults();
        string? Text(string name)
        {
            var text = http.Request.Query.TryGetValue(name, out var sent) ? sent.ToString() : null;
            faults.Add(name, text is null || VisibleText.IsLine(text, Longest) ? null : $"Give 1 to {Longest} visible characters.");
            return text;
        }

        var filter = new AccountFilter
        {
            ConnectionId = Text("connection_id"),
            Provider = Text("provider"),
            Identifier = Text("identifier"),
            IdentifierType = Text("identifier_type"),
            Status = QueryWord.Read<AccountStatus>(http, "status", faults),
            Health = QueryWord.Read<AccountHealth>(http, "health", faults),
        };
        return ValueTask.FromResult(filter with { Refusal = faults.Problem });
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "connection_id", "Only of this connection."));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "provider", "Only of this provider, or of a family of them, such as google."));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "identifier", "Only of this owner."));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "identifier_type", "Only of this kind of owner."));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "status", QueryWord.Rule<AccountStatus>()));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "health", QueryWord.Rule<AccountHealth>()));
    }
}
