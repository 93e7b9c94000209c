using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Dialect;

/// <summary>Whose account it is there, what takes it back, and whether a credential is good.</summary>
public sealed class IdentityTests
{
    private static readonly TokenSet Tokens = new() { AccessToken = "at", RefreshToken = "rt" };

    public static TheoryData<string> OAuthProviders => DialectSamples.OAuthProviders;

    [Theory]
    [MemberData(nameof(OAuthProviders))]
    public void Every_provider_tells_accounts_apart_and_its_calls_can_be_written(string id)
    {
        var app = DialectSamples.App(id);
        var tokens = Tokens with { Fields = app.Provider.Fields.Where(field => field.IsOfAccount).ToDictionary(field => field.Name, _ => "https://sample.salesforce.com") };
        var rules = app.OAuth.Identity;
        Assert.True(rules.AccountKey is { IdToken.Count: > 0 } or { Token.Count: > 0 } or { Call.Count: > 0 });
        if (rules.Call is { } call)
        {
            var written = ApiCalls.Write(app, call, tokens)!;
            Assert.Equal("https", written.Address.Scheme);
            Assert.Contains(written.Headers, header => header.Value.Contains("at", StringComparison.Ordinal));
        }

        Assert.All(RevocationCalls.Write(app, tokens), written => Assert.Equal("https", written.Address.Scheme));
        Assert.Equal(app.OAuth.Revocation is null, RevocationCalls.Write(app, tokens).Count == 0);
    }

    [Fact]
    public void Slack_is_told_by_team_and_person_also_where_the_whole_enterprise_installs()
    {
        var app = DialectSamples.App("slack");
        Assert.Equal("T1:U1", Key(app, """{"team":{"id":"T1"},"authed_user":{"id":"U1"}}"""));
        Assert.Equal("E1:U1", Key(app, """{"team":null,"enterprise":{"id":"E1"},"authed_user":{"id":"U1"}}"""));
    }

    [Fact]
    public void Half_a_key_is_none()
    {
        var identity = ProviderIdentity.Of(DialectSamples.App("slack"), Json("""{"team":{"id":"T1"}}"""), null, Tokens);
        Assert.Null(identity.Key);
    }

    [Fact]
    public void An_ID_token_comes_before_the_call_that_anybody_might_answer()
    {
        var app = DialectSamples.App("outlook");
        var token = $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes("""{"oid":"o","tid":"t","sub":"s"}"""))}.x";
        var key = ProviderIdentity.Of(app, JsonSerializer.SerializeToElement(new { id_token = token }), Json("""{"id":"call"}"""), Tokens).Key;
        Assert.NotNull(key);
        if (app.OAuth.Identity.AccountKey.IdToken.Count > 0)
        {
            Assert.DoesNotContain("call", key, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(200, """{"ok":true}""", true)]
    [InlineData(200, """{"ok":false,"error":"fatal_error"}""", false)]
    [InlineData(200, """{"ok":false,"error":"token_revoked"}""", true)]
    [InlineData(503, "", false)]
    public void What_is_gone_at_the_provider_is_gone_and_what_is_not_known_is_not(int status, string body, bool done) =>
        Assert.Equal(done, RevocationCalls.IsDone(DialectSamples.App("slack").OAuth.Revocation!, DialectSamples.Answer(status, body)));

    [Theory]
    [InlineData("slack", 200, """{"ok":true}""", CredentialVerdict.Accepted)]
    [InlineData("slack", 503, "", CredentialVerdict.CannotTell)]
    [InlineData("github", 401, """{"message":"Bad credentials"}""", CredentialVerdict.Refused)]
    [InlineData("github", 200, "<html>", CredentialVerdict.CannotTell)]
    public void A_test_says_accepted_refused_or_cannot_tell(string provider, int status, string body, CredentialVerdict verdict) =>
        Assert.Equal(verdict, CredentialTest.Read(ShippedProviders.Find(provider)!.Oauth!.Test, DialectSamples.Answer(status, body)));

    private static string? Key(ProviderApp app, string token) => ProviderIdentity.Of(app, Json(token), null, Tokens).Key;

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}
