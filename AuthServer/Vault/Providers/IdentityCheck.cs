using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>How a provider says whose account it is and whether a token is good, and how a grant ends.</summary>
internal static class IdentityCheck
{
    public static void Run(OAuthRules oauth, UrlCheck urls, Faults faults)
    {
        OfIdentity(oauth, urls, faults);
        if (oauth.Revocation is { } revocation)
        {
            // Two providers have no other way than to name the token in the address.
            CallCheck.Run("oauth.revocation.call", revocation.Call, urls, faults, Placeholders.ClientId, Placeholders.AccessToken, Placeholders.RefreshToken, Placeholders.Token);
            CallCheck.Rules("oauth.revocation.success", revocation.Success, faults);
        }

        if (oauth.Introspection is { } introspection)
        {
            CallCheck.Run("oauth.introspection.call", introspection.Call, urls, faults, Placeholders.ClientId);
            CallCheck.Rules("oauth.introspection.active", introspection.Active, faults);
            CallCheck.Rules("oauth.introspection.dead", introspection.Dead, faults);
            CallCheck.Path("oauth.introspection.expires_path", introspection.ExpiresPath, faults);
        }

        if (oauth.Discovery is { } discovery)
        {
            urls.Endpoint("oauth.discovery.url", discovery.Url);
            faults.Add("oauth.discovery.issuer", discovery.Issuer is null || discovery.Issuer.StartsWith("https://", StringComparison.Ordinal) ? null : "Give an https address.");
            ProviderCheck.Line(faults, "oauth.discovery.issuer", discovery.Issuer);
        }
    }

    private static void OfIdentity(OAuthRules oauth, UrlCheck urls, Faults faults)
    {
        const string At = "oauth.identity";
        var (identity, key) = (oauth.Identity, oauth.Identity.AccountKey);
        if (identity.Call is { } call)
        {
            CallCheck.Run(At + ".call", call, urls, faults);
        }

        // Else nobody would notice that somebody links another account in place of their own.
        faults.Add(At + ".account_key", key.Call.Count + key.Token.Count + key.IdToken.Count == 0 ? "Say what tells two accounts apart." : null);
        faults.Add(At + ".call", identity.Call is null && (key.Call.Count > 0 || identity is not { EmailPath: null, NamePath: null, OrganizationPath: null }) ? "What is read here needs a call." : null);
        CallCheck.Paths(At + ".account_key.id_token", key.IdToken, faults);
        CallCheck.Paths(At + ".account_key.token", key.Token, faults);
        CallCheck.Paths(At + ".account_key.call", key.Call, faults);
        foreach (var (i, name) in key.Fields.Index())
        {
            faults.Add($"{At}.account_key.fields[{i}]", urls.IsConnectionField(name) ? null : "Name a field that a connection says.");
        }

        CallCheck.Path(At + ".email_path", identity.EmailPath, faults);
        CallCheck.Path(At + ".name_path", identity.NamePath, faults);
        CallCheck.Path(At + ".organization_path", identity.OrganizationPath, faults);
        OAuthCheck.Described(At + ".scopes", identity.Scopes, oauth.Scopes.Known, faults);
        if (identity.Email is { } email)
        {
            CallCheck.Run(At + ".email.call", email.Call, urls, faults);
            faults.Add(At + ".email.email_path", ValuePath.Refuse(email.EmailPath));
            OAuthCheck.Described(At + ".email.scopes", email.Scopes, oauth.Scopes.Known, faults);
        }
    }
}
