using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;

namespace AuthServer.Tests.Vault.Dialect;

/// <summary>What failures mean: one list for all providers, judged by each one's table.</summary>
public sealed class FaultTests
{
    private static readonly TokenSet Before = new() { AccessToken = "old", RefreshToken = "rt" };

    [Theory]
    [InlineData("gmail", 400, """{"error":"invalid_grant"}""", "account_expired", FaultKind.Owner)]
    [InlineData("gmail", 401, """{"error":"invalid_client"}""", "app_refused", FaultKind.Connection)]
    [InlineData("gmail", 401, """{"error":"deleted_client"}""", "app_refused", FaultKind.Connection)]
    [InlineData("jira", 403, """{"error":"unauthorized_client"}""", "account_expired", FaultKind.Owner)]
    [InlineData("jira", 403, "<html>blocked</html>", "provider_refused", FaultKind.Transient)]
    [InlineData("slack", 200, """{"ok":false,"error":"token_revoked"}""", "account_revoked", FaultKind.Revoked)]
    [InlineData("slack", 200, """{"ok":false,"error":"invalid_refresh_token"}""", "account_expired", FaultKind.Owner)]
    [InlineData("slack", 200, """{"ok":false,"error":"nobody_knows"}""", "provider_refused", FaultKind.Transient)]
    [InlineData("salesforce", 400, """{"error":"invalid_grant","error_description":"token request is already being processed"}""", "provider_unavailable", FaultKind.Transient)]
    [InlineData("salesforce", 400, """{"error":"invalid_grant","error_description":"expired access/refresh token"}""", "account_expired", FaultKind.Owner)]
    [InlineData("discord", 429, """{"error":"invalid_grant"}""", "provider_busy", FaultKind.Transient)]
    [InlineData("discord", 408, "", "provider_unavailable", FaultKind.Transient)]
    [InlineData("discord", 409, "{}", "provider_unavailable", FaultKind.Transient)]
    [InlineData("discord", 423, "{}", "provider_unavailable", FaultKind.Transient)]
    [InlineData("discord", 425, "{}", "provider_unavailable", FaultKind.Transient)]
    [InlineData("discord", 500, """{"error":"invalid_grant"}""", "provider_unavailable", FaultKind.Transient)]
    [InlineData("discord", 302, "", "provider_answer", FaultKind.Transient)]
    [InlineData("discord", 200, "", "provider_answer", FaultKind.Transient)]
    [InlineData("discord", 200, "null", "provider_answer", FaultKind.Transient)]
    [InlineData("discord", 200, "[1]", "provider_answer", FaultKind.Transient)]
    [InlineData("discord", 200, """{"access_token":""}""", "provider_answer", FaultKind.Transient)]
    [InlineData("discord", 200, """{"access_token":"a"}{"access_token":"b"}""", "provider_answer", FaultKind.Transient)]
    [InlineData("discord", 200, """{"access_token":"a","access_token":"b"}""", "provider_answer", FaultKind.Transient)]
    [InlineData("discord", 404, "not here", "provider_refused", FaultKind.Transient)]
    [InlineData("discord", 400, """{"error":"invalid_scope"}""", "scope_refused", FaultKind.Connection)]
    public void Each_answer_that_brings_no_token_is_judged_by_the_providers_table(string provider, int status, string body, string code, FaultKind kind)
    {
        var fault = TokenReading.Read(DialectSamples.App(provider), DialectSamples.Answer(status, body), DialectSamples.Now, null, Before).Fault!;
        Assert.Equal((code, kind), (fault.Code, fault.Kind));
    }

    [Theory]
    [InlineData("timeout", "provider_unreachable")]
    [InlineData("dns", "provider_unreachable")]
    [InlineData("unreachable", "provider_unreachable")]
    [InlineData("too_large", "provider_answer")]
    [InlineData("private_address", "address_refused")]
    public void No_answer_never_ends_an_account(string failure, string code)
    {
        var fault = TokenReading.Read(DialectSamples.App("github"), new OutboundResult { Failure = failure }, DialectSamples.Now, null, Before).Fault!;
        Assert.Equal(code, fault.Code);
        Assert.NotEqual(FaultKind.Owner, fault.Kind);
        Assert.NotEqual(FaultKind.Revoked, fault.Kind);
    }

    [Fact]
    public void How_long_to_wait_is_told()
    {
        var answer = DialectSamples.Answer(429, "{}") with { RetryAfter = TimeSpan.FromSeconds(7) };
        Assert.Equal(TimeSpan.FromSeconds(7), TokenReading.Read(DialectSamples.App("github"), answer, DialectSamples.Now, null, Before).Fault!.RetryAfter);
    }

    [Theory]
    [InlineData("invalid_grant", "invalid_grant")]
    [InlineData("AADSTS700082", "AADSTS700082")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("two words", null)]
    [InlineData("<b>", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Of_a_providers_words_a_word_is_kept(string? said, string? kept) => Assert.Equal(kept, FaultJudgement.WordOf(said));

    [Fact]
    public void Every_fault_has_words_a_next_step_and_a_code_that_fits_its_column()
    {
        Assert.All(ProviderFaults.All.Concat(LinkFaults.All), fault =>
        {
            Assert.Matches("^[a-z_]{3,50}$", fault.Code);
            Assert.EndsWith(".", fault.Words, StringComparison.Ordinal);
            Assert.EndsWith(".", fault.NextStep, StringComparison.Ordinal);
        });
        Assert.Equal(ProviderFaults.All.Concat(LinkFaults.All).Count(), ProviderFaults.All.Concat(LinkFaults.All).Select(fault => fault.Code).Distinct().Count());
    }

    [Theory]
    [InlineData("gmail", "access_denied", "access_denied")]
    [InlineData("gmail", "server_error", "provider_unavailable")]
    [InlineData("gmail", "invalid_scope", "scope_refused")]
    [InlineData("gmail", "redirect_uri_mismatch", "app_refused")]
    [InlineData("outlook", "interaction_required", "interaction_required")]
    public void An_error_instead_of_a_code_is_judged(string provider, string error, string code) =>
        Assert.Equal(code, FaultJudgement.OfAuthorization(DialectSamples.App(provider).OAuth, error).Code);
}
