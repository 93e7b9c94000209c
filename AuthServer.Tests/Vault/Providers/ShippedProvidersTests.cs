using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Providers;

/// <summary>The providers that come with the server: each keeps the rules of the format, and says what is known of it.</summary>
public sealed class ShippedProvidersTests
{
    public static TheoryData<string> Ids => [.. ShippedProviders.Ids.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Linked => [.. ProviderFacts.Of(ProviderFacts.Oauth).Select(row => row[0])];

    public static TheoryData<string> Keyed => [.. ProviderFacts.Of(ProviderFacts.Keys).Select(row => row[0])];

    [Fact]
    public void There_are_thirty_five_and_each_has_the_id_of_its_file()
    {
        Assert.Equal(35, ShippedProviders.All.Count);
        Assert.All(ShippedProviders.All, provider => Assert.Same(provider, ShippedProviders.Find(provider.Id)));
        Assert.Equal(ShippedProviders.Ids.Order(StringComparer.Ordinal), ShippedProviders.All.Select(provider => provider.Id).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Each_keeps_the_rules_that_an_organizations_own_has_to_keep(string id)
    {
        var faults = new Faults();
        ProviderCheck.Run(ShippedProviders.Find(id)!, uri => uri.Scheme == "https", faults);
        Assert.True(faults.Problem is null, JsonSerializer.Serialize(faults.Problem?.Errors));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Each_is_the_same_after_it_was_written_and_read_again(string id)
    {
        var written = JsonSerializer.SerializeToElement(ShippedProviders.Find(id), ApiJson.Options);
        var faults = new Faults();
        var read = ProviderReading.Read(written, faults);
        Assert.True(read is not null, JsonSerializer.Serialize(faults.Problem?.Errors));
        Assert.Equal(written.GetRawText(), JsonSerializer.Serialize(read, ApiJson.Options));
    }

    /// <summary>The list of the seed document.</summary>
    [Theory]
    [InlineData("Gmail")]
    [InlineData("Outlook / Microsoft 365")]
    [InlineData("Slack")]
    [InlineData("Microsoft Teams")]
    [InlineData("Discord")]
    [InlineData("Google Calendar")]
    [InlineData("Microsoft Calendar")]
    [InlineData("Google Drive")]
    [InlineData("OneDrive")]
    [InlineData("Notion")]
    [InlineData("Jira (Atlassian)")]
    [InlineData("Asana")]
    [InlineData("Trello")]
    [InlineData("monday.com")]
    [InlineData("Linear")]
    [InlineData("GitHub")]
    [InlineData("GitLab")]
    [InlineData("Bitbucket")]
    [InlineData("Figma")]
    [InlineData("Vercel")]
    public void All_that_are_promised_are_there_and_link_accounts(string name) =>
        Assert.NotNull(Assert.Single(ShippedProviders.All, provider => provider.Name == name).Oauth);

    [Theory]
    [MemberData(nameof(Linked))]
    public void What_is_known_of_how_it_links_accounts_stands_in_its_definition(string id)
    {
        var provider = ShippedProviders.Find(id)!;
        var (oauth, token) = (provider.Oauth!, provider.Oauth!.Token);
        string[] said =
        [
            id, Filled(provider, oauth.Authorize.Url), Filled(provider, token.Url ?? "-"), Word(token.Format), oauth.Scopes.Separator == " " ? "space" : "comma",
            oauth.Scopes.AnswerSeparator == " " ? "space" : "comma", oauth.Scopes.Sent ? "yes" : "no", Word(oauth.Authorize.Pkce),
            string.Join('/', token.ClientAuthentication.Select(Word)), Word(oauth.Refresh.Mode), token.DefaultLifetime?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-",
            Filled(provider, provider.Api.BaseUrl), oauth.Revocation is { } revocation ? $"{revocation.Call.Method} {Filled(provider, revocation.Call.Url)}" : "-",
        ];
        var known = ProviderFacts.Of(ProviderFacts.Oauth).Single(row => row[0] == id).Select(fact => Filled(provider, fact));
        Assert.Equal(string.Join(" | ", known), string.Join(" | ", said));
    }

    [Theory]
    [MemberData(nameof(Keyed))]
    public void What_is_known_of_its_API_keys_stands_in_its_definition(string id)
    {
        var provider = ShippedProviders.Find(id)!;
        var key = provider.ApiKey!;
        string[] said =
        [
            id, string.Join(", ", key.Fields.Where(field => field.Name != "site").Select(field => field.Name)),
            string.Join(' ', key.Credential.Select(place => $"{(place.In == CredentialLocation.Basic ? "basic " : "")}{place.Name}={place.Value}")),
            id is "twilio" or "datadog" or "jira" or "bitbucket" ? "-" : key.Fields[0].Pattern?.Replace('|', '/') ?? "-",
            Filled(provider, provider.KeyBaseUrl), $"{key.Test.Call.Method} {Filled(provider, key.Test.Call.Url)}",
        ];
        Assert.Equal(string.Join(" | ", ProviderFacts.Of(ProviderFacts.Keys).Single(row => row[0] == id)), string.Join(" | ", said));
    }

    [Fact]
    public void The_facts_tell_of_every_provider_and_of_every_way_to_connect_it()
    {
        Assert.Equal(ShippedProviders.All.Where(provider => provider.Oauth is not null).Select(provider => provider.Id).Order(), ProviderFacts.Of(ProviderFacts.Oauth).Select(row => row[0]).Order());
        Assert.Equal(ShippedProviders.All.Where(provider => provider.ApiKey is not null).Select(provider => provider.Id).Order(), ProviderFacts.Of(ProviderFacts.Keys).Select(row => row[0]).Order());
    }

    /// <summary>Seconds without use, seconds in any case, seconds of grace.</summary>
    [Theory]
    [InlineData("gmail", RefreshRotation.None, 15_552_000L, null, 0)]
    [InlineData("outlook", RefreshRotation.Rolling, 7_776_000L, null, 0)]
    [InlineData("slack", RefreshRotation.SingleUse, null, null, 0)]
    [InlineData("jira", RefreshRotation.SingleUse, 7_776_000L, 31_536_000L, 600)]
    [InlineData("linear", RefreshRotation.Rotating, null, null, 1800)]
    [InlineData("github", RefreshRotation.SingleUse, null, 15_811_200L, 0)]
    [InlineData("gitlab", RefreshRotation.SingleUse, null, null, 0)]
    [InlineData("vercel", RefreshRotation.Rotating, null, 2_592_000L, 0)]
    [InlineData("salesforce", RefreshRotation.SingleUse, 2_592_000L, null, 0)]
    [InlineData("hubspot", RefreshRotation.None, null, null, 0)]
    [InlineData("zoom", RefreshRotation.SingleUse, null, 7_776_000L, 0)]
    [InlineData("airtable", RefreshRotation.SingleUse, null, 5_184_000L, 0)]
    [InlineData("bitbucket", RefreshRotation.None, null, null, 0)]
    public void What_is_known_of_refresh_tokens_stands_in_its_definition(string id, RefreshRotation rotation, long? idle, long? absolute, int grace)
    {
        var refresh = ShippedProviders.Find(id)!.Oauth!.Refresh;
        Assert.Equal((rotation, idle, absolute, grace), (refresh.Rotation, refresh.IdleSeconds, refresh.AbsoluteSeconds, refresh.GraceSeconds));
    }

    [Fact]
    public void Quirks_that_decide_about_accounts_are_typed()
    {
        OAuthRules Of(string id) => ShippedProviders.Find(id)!.Oauth!;

        Assert.Contains(403, Of("jira").Refresh.DeadStatuses);
        Assert.True(Of("gitlab").Refresh.SendsRedirectUri);
        Assert.Contains(Of("salesforce").Refresh.Transient, transient => transient is { Code: "invalid_grant", Description: "token request is already being processed" });
        Assert.Equal("The client secret has expired.", Of("outlook").Refresh.Hints["7000222"]);
        Assert.Equal(["tid", "oid"], Of("outlook").Identity.AccountKey.IdToken);
        Assert.Equal("offline", Of("gmail").Authorize.Parameters["access_type"]);
        Assert.Equal("scopes", Of("bitbucket").Token.Answer.Scope);
        Assert.Equal(OAuthFlow.Fragment, Of("trello").Flow);
        Assert.Equal([ExpirySource.ExpiresIn, ExpirySource.Jwt], Of("monday").Token.Expiry);
        Assert.Equal("user", Of("slack").Token.Answer.Second!.Kind);
        Assert.Equal(30, ShippedProviders.Find("airtable")!.Api.RateLimit.WaitSeconds);
    }

    [Theory]
    [MemberData(nameof(Linked))]
    public void Whoever_connects_it_reads_what_to_do_and_begins_with_a_preset(string id)
    {
        var provider = ShippedProviders.Find(id)!;
        Assert.NotEmpty(provider.Setup.Steps);
        Assert.NotEmpty(provider.Setup.Cautions);
        Assert.True(provider.Setup.AppUrl is not null || provider.Setup.DocumentationUrl is not null);
        if (provider.Oauth!.Scopes.Known.Count > 0)
        {
            var presets = provider.Oauth.Scopes.Presets;
            Assert.All([presets.ReadOnly, presets.ReadWrite, presets.Admin], Assert.NotEmpty);
            Assert.All(presets.ReadOnly, name => Assert.NotEqual(ScopeAccess.Admin, provider.Oauth.Scopes.Find(name)!.Access));
            Assert.DoesNotContain(presets.ReadWrite, name => provider.Oauth.Scopes.Find(name)!.Access == ScopeAccess.Admin);
        }
    }

    [Fact]
    public void Whoever_makes_a_key_reads_how_where_there_is_another_way_too() => Assert.All(
        ShippedProviders.All.Where(provider => provider.Oauth is not null), provider => Assert.Equal(provider.ApiKey is not null, provider.Setup.KeySteps.Count > 0));

    /// <summary>Else a connection of the installation's app could have the app's secret sent to a host of its own: see <see cref="SharedApps"/>.</summary>
    [Theory]
    [MemberData(nameof(Linked))]
    public void What_stands_in_a_host_that_an_apps_secret_is_sent_to_is_a_host_or_one_of_a_list(string id)
    {
        var provider = ShippedProviders.Find(id)!;
        var oauth = provider.Oauth!;
        string?[] urls = [oauth.Authorize.Url, oauth.Token.Url, oauth.Refresh.Url, oauth.Revocation?.Call.Url, oauth.Introspection?.Call.Url];
        Assert.All(
            urls.OfType<string>().SelectMany(Placeholders.OfHost).Select(name => provider.Field(name)!),
            field => Assert.True(field.Kind != FieldKind.Text || field.Options.Count > 0, $"{id}: {field.Name}"));
    }

    /// <summary>With the defaults of the fields; what only an account says stays as it is.</summary>
    private static string Filled(Provider provider, string text) => provider.Fields.Aggregate(text, (filled, field) =>
        field.Default is null ? filled : filled.Replace($"{{{field.Name}}}", field.Default, StringComparison.Ordinal));

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
