using System.Reflection;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Vault.Providers;

/// <summary>Which providers are asked for.</summary>
/// <param name="Search">In the name, the id or the description, in any case of letters.</param>
public sealed record ProviderFilter(string? Category, string? Family, AuthType? AuthType, ProviderOrigin? Origin, string? Search, Problem? Refusal)
    : IRefusable, IEndpointParameterMetadataProvider
{
    private const int Longest = 100;

    public static ProviderFilter All { get; } = new(null, null, null, null, null, null);

    public static ValueTask<ProviderFilter> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var faults = new Faults();
        string? Text(string name)
        {
            var text = http.Request.Query.TryGetValue(name, out var asked) ? asked.ToString() : null;
            faults.Add(name, text is null or { Length: > 0 and <= Longest } ? null : $"Give 1 to {Longest} characters.");
            return text;
        }

        var filter = new ProviderFilter(
            Text("category"), Text("family"), QueryWord.Read<AuthType>(http, "auth_type", faults), QueryWord.Read<ProviderOrigin>(http, "origin", faults), Text("search"), null);
        faults.Add("family", filter.Family is null || ProviderFamily.Find(filter.Family) is not null ? null : FamilyRule("Use one of"));
        return ValueTask.FromResult(filter with { Refusal = faults.Problem });
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        foreach (var (name, words) in new[]
        {
            ("category", "Those of one category, such as communication."), ("family", FamilyRule("One of")), ("auth_type", QueryWord.Rule<AuthType>()),
            ("origin", QueryWord.Rule<ProviderOrigin>()), ("search", "Words of the name, the id or the description, in any case of letters."),
        })
        {
            builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, name, words));
        }
    }

    public bool Admits(ListedProvider listed)
    {
        var provider = listed.Provider;
        return (Category is null || provider.Category == Category)
            && (Family is null || provider.Family == Family)
            && (AuthType is not { } type || provider.AuthTypes.Contains(type))
            && (Origin is not { } origin || origin == (listed.Row is null ? ProviderOrigin.Shipped : ProviderOrigin.Organization))
            && (Search is null || new[] { provider.Name, provider.Id, provider.Description }.Any(text => text?.Contains(Search, StringComparison.OrdinalIgnoreCase) == true));
    }

    private static string FamilyRule(string beginning) => $"{beginning}: {string.Join(", ", ProviderFamily.All.Select(family => family.Id))}.";
}
