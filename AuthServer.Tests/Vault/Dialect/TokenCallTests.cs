using System.Text;
using System.Text.Json;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Dialect;

/// <summary>Requests to token endpoints, and what their answers are read as.</summary>
public sealed class TokenCallTests
{
    public static TheoryData<string> OAuthProviders => DialectSamples.OAuthProviders;

    [Theory]
    [MemberData(nameof(OAuthProviders))]
    public void Each_provider_is_sent_the_code_in_its_own_format_and_the_secret_in_one_place(string id)
    {
        var app = DialectSamples.App(id);
        if (app.OAuth.Flow == OAuthFlow.Fragment)
        {
            Assert.Null(TokenCalls.Code(app, "c", null));
            return;
        }

        var call = TokenCalls.Code(app, "the code", DialectSamples.Verifier)!;
        var body = DialectSamples.Text(call.Body);
        var fields = app.OAuth.Token.Format == BodyFormat.Json
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(body)!
            : Flows.Query(new Uri("https://x.example/?" + body.Replace("+", "%20", StringComparison.Ordinal)));
        Assert.Equal(("POST", "https"), (call.Method, call.Address.Scheme));
        Assert.Equal(("authorization_code", "the code", DialectSamples.Redirect), (fields["grant_type"], fields["code"], fields["redirect_uri"]));
        var inHeader = call.Headers.Any(header => header.Key == "Authorization");
        Assert.Equal(app.OAuth.Token.ClientAuthentication.FirstOrDefault(method => method is ClientAuthentication.Basic or ClientAuthentication.Post, ClientAuthentication.Post) == ClientAuthentication.Basic, inHeader);
        Assert.Equal(!inHeader, fields.ContainsKey("client_secret"));
        Assert.Equal("", call.Address.Query);
        Assert.DoesNotContain("s3cret", call.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_id_and_the_secret_are_encoded_before_they_are_joined()
    {
        // RFC 6749 §2.3.1.
        var sent = Encoding.UTF8.GetString(Convert.FromBase64String(TokenCalls.Basic("client id", "s3cret:%+ &")["Basic ".Length..]));
        Assert.Equal("client+id:s3cret%3A%25%2B+%26", sent);
    }

    [Theory]
    [InlineData("""{"access_token":"a","expires_in":3600}""", 3600)]
    [InlineData("""{"access_token":"a","expires_in":"3600"}""", 3600)]
    [InlineData("""{"access_token":"a","expires_in":3599.9}""", 3599)]
    [InlineData("""{"access_token":"a","expires_in":0}""", null)]
    [InlineData("""{"access_token":"a","expires_in":-5}""", null)]
    [InlineData("""{"access_token":"a","expires_in":1e40}""", null)]
    [InlineData("""{"access_token":"a","expires_in":"soon"}""", null)]
    [InlineData("""{"access_token":"a"}""", null)]
    public void When_a_token_expires_is_read_from_numbers_and_texts_and_nonsense_is_nothing(string body, int? seconds) =>
        Assert.Equal(seconds, (Read("github", body).Tokens!.ExpiresAt - DialectSamples.Now)?.TotalSeconds);

    [Fact]
    public void Where_the_answer_does_not_say_the_definition_does_and_the_connection_before_both()
    {
        Assert.Equal(DialectSamples.Now.AddSeconds(3600), Read("jira", """{"access_token":"a"}""").Tokens!.ExpiresAt);
        var app = DialectSamples.App(ShippedProviders.Find("jira")!, new ConnectionSettings { TokenLifetime = 60 });
        Assert.Equal(DialectSamples.Now.AddSeconds(60), TokenReading.Read(app, DialectSamples.Answer(200, """{"access_token":"a","expires_in":3600}"""), DialectSamples.Now, [], null).Tokens!.ExpiresAt);
    }

    [Fact]
    public void What_a_refresh_leaves_out_is_carried_on()
    {
        var before = new TokenSet { AccessToken = "old", RefreshToken = "rt-1", Scopes = ["a"], RefreshExpiresAt = DialectSamples.Now.AddDays(9) };

        var kept = Read("gmail", """{"access_token":"new","expires_in":3600}""", before).Tokens!;
        Assert.Equal(("new", "rt-1", null, DialectSamples.Now.AddDays(9)), (kept.AccessToken, kept.RefreshToken, kept.PreviousRefreshToken, kept.RefreshExpiresAt));
        Assert.Equal(["a"], kept.Scopes);

        var rotated = Read("gmail", """{"access_token":"new","refresh_token":"rt-2","scope":"b c"}""", before).Tokens!;
        Assert.Equal(("rt-2", "rt-1"), (rotated.RefreshToken, rotated.PreviousRefreshToken));
        Assert.Equal(["b", "c"], rotated.Scopes);
    }

    [Fact]
    public void GitHub_may_answer_as_a_form_with_scopes_between_commas()
    {
        var outcome = TokenReading.Read(
            DialectSamples.App("github"), DialectSamples.Answer(200, "access_token=gho_x&scope=repo%2Cread%3Auser&token_type=bearer", "application/x-www-form-urlencoded"), DialectSamples.Now, [], null);
        Assert.Equal("gho_x", outcome.Tokens!.AccessToken);
        Assert.Equal(["repo", "read:user"], outcome.Tokens.Scopes);
    }

    [Fact]
    public void Slack_gives_a_second_token_beside_the_first()
    {
        var tokens = Read("slack", """{"ok":true,"access_token":"xoxb","scope":"chat:write,users:read","authed_user":{"id":"U1","access_token":"xoxp","scope":"search:read"},"team":{"id":"T1"}}""").Tokens!;
        Assert.Equal(("xoxb", "xoxp"), (tokens.AccessToken, tokens.Secondary!.AccessToken));
        Assert.Equal(["chat:write", "users:read"], tokens.Scopes);
        Assert.DoesNotContain("xox", tokens.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://acme.my.salesforce.com", "https://acme.my.salesforce.com/services/data/v62.0")]
    [InlineData("https://salesforce.com.evil.example", null)]
    [InlineData("http://acme.my.salesforce.com", null)]
    [InlineData("https://u:p@acme.my.salesforce.com", null)]
    [InlineData("https://169.254.169.254", null)]
    public void Where_the_API_is_the_answer_may_say_within_the_providers_own_hosts(string instance, string? address)
    {
        var outcome = Read("salesforce", JsonSerializer.Serialize(new { access_token = "a", instance_url = instance }));
        var app = DialectSamples.App("salesforce");
        Assert.Equal(address, outcome.Tokens is { } tokens ? ApiBase.Of(app.Provider, app.Settings, name => app.Value(name) ?? tokens.Fields?.GetValueOrDefault(name)) : null);
        Assert.Equal(address is null ? "base_refused" : null, outcome.Fault?.Code);
    }

    [Fact]
    public void An_answer_without_scopes_grants_those_that_were_asked_for()
    {
        // RFC 6749 §5.1.
        var app = DialectSamples.App("discord");
        Assert.Equal(["identify"], TokenReading.Read(app, DialectSamples.Answer(200, """{"access_token":"a"}"""), DialectSamples.Now, ["identify"], null).Tokens!.Scopes);
        Assert.Null(Read("notion", """{"access_token":"a"}""").Tokens!.Scopes);
    }

    [Fact]
    public void Scopes_are_the_same_in_their_short_names_and_in_other_cases()
    {
        var outlook = ShippedProviders.Find("outlook")!.Oauth!;
        Assert.Empty(ScopeGrants.Missing(outlook, ["offline_access", "User.Read", "Mail.Read"], ["https://graph.microsoft.com/mail.read", "User.Read"]));
        Assert.Equal(["Mail.Send"], ScopeGrants.Missing(outlook, ["Mail.Send", "Mail.Read"], ["https://graph.microsoft.com/Mail.Read"]));
        var calendar = ShippedProviders.Find("google_calendar")!.Oauth!;
        Assert.Empty(ScopeGrants.Missing(calendar, ["openid", "email", "https://www.googleapis.com/auth/calendar.readonly"], ["openid", "https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/calendar.readonly"]));
    }

    private static TokenOutcome Read(string provider, string body, TokenSet? before = null) =>
        TokenReading.Read(DialectSamples.App(provider), DialectSamples.Answer(200, body), DialectSamples.Now, null, before);
}
