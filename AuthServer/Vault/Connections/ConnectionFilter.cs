using System.Reflection;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Vault.Connections;

/// <summary>Which connections are asked for.</summary>
public sealed record ConnectionFilter(
    string? Provider, AuthType? AuthType, ConnectionStatus? Status, string? Environment, RotationState? Rotation, bool DefaultOnly, string? Text, Problem? Refusal)
    : IRefusable, IEndpointParameterMetadataProvider
{
    public static ValueTask<ConnectionFilter> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var faults = new Faults();
        var query = http.Request.Query;
        string? Read(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
        var chosen = Read("default");
        faults.Add("default", chosen is null or "true" ? null : "Give true, or leave it out.");
        return ValueTask.FromResult(new ConnectionFilter(
            Read("provider"), QueryWord.Read<AuthType>(http, "auth_type", faults), QueryWord.Read<ConnectionStatus>(http, "status", faults), Read("environment"),
            QueryWord.Read<RotationState>(http, "rotation", faults), chosen == "true", Read("q"), faults.Problem));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        foreach (var (name, words) in new[]
        {
            ("provider", "The id of a provider."), ("auth_type", QueryWord.Rule<AuthType>()), ("status", QueryWord.Rule<ConnectionStatus>()), ("environment", "Exactly."),
            ("rotation", QueryWord.Rule<RotationState>()), ("default", "true: only those that are the default of their provider."), ("q", "A part of the name."),
        })
        {
            builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, name, words));
        }
    }

    public bool Admits(Connection row, DateTimeOffset now) =>
        (Provider is null || row.ProviderId == Provider)
        && (AuthType is null || (row.Auth == ConnectionAuth.ApiKey) == (AuthType == Providers.AuthType.ApiKey))
        && (Status is null || row.Status == Status)
        && (Environment is null || row.Environment == Environment)
        && (Rotation is null || (row.RotationDueAt is not null && ConnectionItem.IsOverdue(row, now) == (Rotation == RotationState.Overdue)))
        && (!DefaultOnly || row.IsDefault)
        && (Text is null || row.NormalizedName.Contains(Connection.Normalize(Text), StringComparison.Ordinal));
}

public enum RotationState
{
    /// <summary>Should have been replaced by now.</summary>
    Overdue,

    /// <summary>Is to be replaced later.</summary>
    Due,
}
