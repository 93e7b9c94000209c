using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>How a provider links accounts.</summary>
internal static class OAuthCheck
{
    private const int LongestScope = 200;
    private const int LongestLifetime = 10 * 366 * 24 * 3600;

    private const string Undescribed = "Describe this scope in oauth.scopes.known.";

    private static readonly string[] Standard = ["response_type", "client_id", "redirect_uri", "scope", "state"];

    // Whoever sets these by hand undoes what the server has to know of its own request.
    private static readonly string[] Own = ["client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "nonce", "request", "request_uri"];

    public static void Run(OAuthRules oauth, UrlCheck urls, Faults faults)
    {
        OfAuthorize(oauth, urls, faults);
        OfScopes(oauth.Scopes, faults);
        OfToken(oauth, urls, faults);
        OfRefresh(oauth, urls, faults);
        IdentityCheck.Run(oauth, urls, faults);
        CallCheck.Credential("oauth.credential", oauth.Credential, urls, faults);
        CallCheck.Test("oauth.test", oauth.Test, urls, faults);
    }

    /// <summary>Every scope that is offered is one that people can read about.</summary>
    public static void Described(string path, IReadOnlyList<string> scopes, IReadOnlyList<ProviderScope> known, Faults faults)
    {
        foreach (var (i, scope) in scopes.Index())
        {
            faults.Add($"{path}[{i}]", known.Any(one => one.Name == scope) ? null : Undescribed);
        }
    }

    private static void OfAuthorize(OAuthRules oauth, UrlCheck urls, Faults faults)
    {
        const string At = "oauth.authorize";
        var authorize = oauth.Authorize;
        urls.Endpoint(At + ".url", authorize.Url);
        foreach (var (name, value) in authorize.Parameters)
        {
            var path = $"{At}.parameters.{name}";
            faults.Add(path, !CallCheck.IsParameter(name) ? "Use letters, digits and -._ for a name." : Own.Contains(name) ? "The server sets this one itself." : null);
            urls.Text(path, value, secrets: false, Placeholders.ClientId, Placeholders.RedirectUri, Placeholders.State);
        }

        foreach (var (i, name) in authorize.Omit.Index())
        {
            faults.Add($"{At}.omit[{i}]", Standard.Contains(name) ? null : $"Use one of: {string.Join(", ", Standard)}.");
        }

        // Without it nobody could tell an answer to one's own request from somebody else's.
        var stands = !authorize.Omit.Contains("state") || authorize.Parameters.Values.Any(value => Placeholders.Of(value).Contains(Placeholders.State));
        faults.Add(At + ".omit", stands ? null : "Put {state} into a parameter that the provider sends back.");
        faults.Add(At + ".pkce", oauth.Flow == OAuthFlow.Fragment && authorize.Pkce.IsSent() ? "Without a code there is no PKCE: unsupported." : null);
    }

    private static void OfScopes(ScopeRules scopes, Faults faults)
    {
        const string At = "oauth.scopes";
        faults.Add(At + ".separator", scopes.Separator is " " or "," ? null : "Use a space or a comma.");
        faults.Add(At + ".answer_separator", scopes.AnswerSeparator is " " or "," ? null : "Use a space or a comma.");
        faults.Add(At + ".prefix", scopes.Prefix is null || IsScope(scopes.Prefix) ? null : "Use visible ASCII characters.");
        foreach (var (name, words) in scopes.ExtraParameters)
        {
            faults.Add($"{At}.extra_parameters.{name}", CallCheck.IsParameter(name) && !Own.Contains(name) ? null : "Use a name that no other parameter has.");
            ProviderCheck.Line(faults, $"{At}.extra_parameters.{name}", words);
        }

        foreach (var (i, scope) in scopes.Known.Index())
        {
            var path = $"{At}.known[{i}]";
            faults.Add(path + ".name", !IsScope(scope.Name) || scope.Name.Contains(scopes.Separator, StringComparison.Ordinal) ? $"Use 1 to {LongestScope} visible ASCII characters without the separator."
                : scopes.Known.Take(i).Any(other => other.Name == scope.Name) ? "This scope is described twice." : null);
            faults.Add(path + ".words", scope.Words.Length == 0 ? "Say in plain words what it allows." : null);
            ProviderCheck.Line(faults, path + ".words", scope.Words.Length == 0 ? null : scope.Words);
            faults.Add(path + ".parameter", scope.Parameter is null || scopes.ExtraParameters.ContainsKey(scope.Parameter) ? null : "Name one of extra_parameters.");
        }

        Described(At + ".default", scopes.Default, scopes.Known, faults);
        Described(At + ".identity", scopes.Identity, scopes.Known, faults);
        Described(At + ".presets.read_only", scopes.Presets.ReadOnly, scopes.Known, faults);
        Described(At + ".presets.read_write", scopes.Presets.ReadWrite, scopes.Known, faults);
        Described(At + ".presets.admin", scopes.Presets.Admin, scopes.Known, faults);
        foreach (var (i, preset) in scopes.Presets.Specific.Index())
        {
            var path = $"{At}.presets.specific[{i}]";
            ProviderCheck.OneWord(faults, path + ".name", preset.Name);
            ProviderCheck.Label(faults, path + ".label", preset.Label);
            Described(path + ".scopes", preset.Scopes, scopes.Known, faults);
        }
    }

    private static void OfToken(OAuthRules oauth, UrlCheck urls, Faults faults)
    {
        const string At = "oauth.token";
        var (token, answer) = (oauth.Token, oauth.Token.Answer);
        if (oauth.Flow == OAuthFlow.Code)
        {
            urls.Endpoint(At + ".url", token.Url);
        }

        faults.Add(At + ".url", oauth.Flow == OAuthFlow.Fragment && token.Url is not null ? "With the flow fragment there is no token endpoint." : null);
        faults.Add(At + ".format", token.Format == BodyFormat.None ? "Use form or json." : null);
        faults.Add(At + ".client_authentication", token.ClientAuthentication.Count == 0 || token.ClientAuthentication.Distinct().Count() < token.ClientAuthentication.Count ? "Name at least one, and none twice." : null);

        // A connection has a secret and no key: by the others it could never prove itself.
        faults.Add(At + ".client_authentication", token.ClientAuthentication.Count > 0 && token.ClientAuthentication.All(method => method == ClientAuthentication.PrivateKeyJwt)
            ? "Name basic, post or none as well: connections have no key to sign by." : null);
        CallCheck.Headers(At + ".headers", token.Headers, urls, faults);
        faults.Add(At + ".default_lifetime", token.DefaultLifetime is null or (>= 1 and <= LongestLifetime) ? null : $"Give 1 to {LongestLifetime} seconds.");
        faults.Add(At + ".expiry", token.Expiry.Contains(ExpirySource.Introspection) && oauth.Introspection?.ExpiresPath is null ? "Introspection has to say expires_path." : null);
        foreach (var (name, path) in new[]
        {
            ("access_token", answer.AccessToken), ("refresh_token", answer.RefreshToken), ("expires_in", answer.ExpiresIn), ("refresh_expires_in", answer.RefreshExpiresIn),
            ("scope", answer.Scope), ("id_token", answer.IdToken), ("error", answer.Error), ("error_description", answer.ErrorDescription), ("hint", answer.Hint),
        })
        {
            CallCheck.Path($"{At}.answer.{name}", path, faults);
        }

        CallCheck.Rules(At + ".answer.success", answer.Success, faults);
        if (answer.Second is { } second)
        {
            ProviderCheck.OneWord(faults, At + ".answer.second.kind", second.Kind);
            faults.Add(At + ".answer.second.access_token", ValuePath.Refuse(second.AccessToken));
            CallCheck.Path(At + ".answer.second.refresh_token", second.RefreshToken, faults);
            CallCheck.Path(At + ".answer.second.expires_in", second.ExpiresIn, faults);
            CallCheck.Path(At + ".answer.second.scope", second.Scope, faults);
        }
    }

    private static void OfRefresh(OAuthRules oauth, UrlCheck urls, Faults faults)
    {
        const string At = "oauth.refresh";
        var refresh = oauth.Refresh;
        if (refresh.Url is not null)
        {
            urls.Endpoint(At + ".url", refresh.Url);
        }

        faults.Add(At + ".mode", oauth.Flow == OAuthFlow.Fragment && refresh.Mode != RefreshMode.Never ? "With the flow fragment nothing is refreshed: never." : null);
        faults.Add(At + ".grace_seconds", refresh.GraceSeconds is >= 0 and <= 86_400 ? null : "Give 0 to 86400 seconds.");
        faults.Add(At + ".idle_seconds", refresh.IdleSeconds is null or (>= 60 and <= LongestLifetime) ? null : $"Give 60 to {LongestLifetime} seconds.");
        faults.Add(At + ".absolute_seconds", refresh.AbsoluteSeconds is null or (>= 60 and <= LongestLifetime) ? null : $"Give 60 to {LongestLifetime} seconds.");
        faults.Add(At + ".needs_scope", refresh.NeedsScope is null || oauth.Scopes.Known.Any(known => known.Name == refresh.NeedsScope) ? null : Undescribed);
        faults.Add(At + ".configuration_codes", refresh.ConfigurationCodes.Intersect(refresh.DeadCodes).Any() ? "A code means one thing: it stands among dead_codes too." : null);
        CallCheck.Statuses(At + ".dead_statuses", refresh.DeadStatuses, faults);
        ProviderCheck.Lines(faults, At + ".dead_codes", refresh.DeadCodes);
        ProviderCheck.Lines(faults, At + ".configuration_codes", refresh.ConfigurationCodes);
        ProviderCheck.Lines(faults, At + ".interaction_codes", refresh.InteractionCodes);
        foreach (var (i, transient) in refresh.Transient.Index())
        {
            ProviderCheck.Line(faults, $"{At}.transient[{i}].code", transient.Code);
            ProviderCheck.Line(faults, $"{At}.transient[{i}].description", transient.Description);
        }

        foreach (var (code, words) in refresh.Hints)
        {
            ProviderCheck.Line(faults, $"{At}.hints.{code}", words);
        }
    }

    private static bool IsScope(string scope) => scope.Length is > 0 and <= LongestScope && scope.All(c => c is >= '!' and <= '~');
}
