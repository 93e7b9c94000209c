using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>The API of a provider, and the keys that open it.</summary>
internal static class ApiCheck
{
    public static void Run(Provider provider, UrlCheck urls, Faults faults)
    {
        var api = provider.Api;
        urls.Base("api.base_url", api.BaseUrl);
        urls.Hosts("api.hosts", api.Hosts);
        CallCheck.Headers("api.headers", api.Headers, urls, faults);
        CallCheck.Rules("api.unauthorized", api.Unauthorized, faults);
        OfLimits(api.RateLimit, faults);
        if (provider.ApiKey is { } key)
        {
            OfKey(key, urls, faults);
        }
    }

    private static void OfLimits(RateLimitRules limit, Faults faults)
    {
        const string At = "api.rate_limit";
        CallCheck.Rules(At + ".rules", limit.Rules, faults);
        CallCheck.Path(At + ".retry_after_path", limit.RetryAfterPath, faults);
        CallCheck.ReadHeader(At + ".retry_after", limit.RetryAfter, faults);
        CallCheck.ReadHeader(At + ".limit", limit.Limit, faults);
        CallCheck.ReadHeader(At + ".remaining", limit.Remaining, faults);
        CallCheck.ReadHeader(At + ".reset", limit.Reset, faults);
        CallCheck.ReadHeader(At + ".usage", limit.Usage, faults);
        faults.Add(At + ".wait_seconds", limit.WaitSeconds is null or (>= 1 and <= 3600) ? null : "Give 1 to 3600 seconds.");
    }

    private static void OfKey(ApiKeyRules key, UrlCheck urls, Faults faults)
    {
        faults.Add("api_key.fields", key.Fields.Count is < 1 or > 5 ? "Name the 1 to 5 parts of the key." : key.Fields.Any(field => field.Secret) ? null : "One part at least is a secret.");
        foreach (var (i, field) in key.Fields.Index())
        {
            var path = $"api_key.fields[{i}]";
            ProviderCheck.Name(faults, path + ".name", field.Name);
            ProviderCheck.Label(faults, path + ".label", field.Label);
            ProviderCheck.Line(faults, path + ".help", field.Help);
            ProviderCheck.Pattern(faults, path + ".pattern", field.Pattern);
            ProviderCheck.Pattern(faults, path + ".refused_pattern", field.RefusedPattern);
            faults.Add(path, !field.Secret || key.Credential.Any(place => Placeholders.Of(place.Name).Concat(Placeholders.Of(place.Value)).Contains(field.Name))
                ? null : $"Nothing in credential sends {{{field.Name}}}.");
        }

        CallCheck.Credential("api_key.credential", key.Credential, urls, faults);
        if (key.BaseUrl is not null)
        {
            urls.Base("api_key.base_url", key.BaseUrl);
        }

        CallCheck.Test("api_key.test", key.Test, urls, faults);
    }
}
