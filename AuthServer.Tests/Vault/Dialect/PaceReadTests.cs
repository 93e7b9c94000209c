using System.Text.Json;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Dialect;

/// <summary>How long a provider asks to wait, by a header, in the body, or by what is known of it.</summary>
public sealed class PaceReadTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("airtable", null, "{}", 30.0)]
    [InlineData("airtable", "3", "{}", 3.0)]
    [InlineData("monday", null, """{"errors":[{"extensions":{"retry_in_seconds":12}}]}""", 12.0)]
    [InlineData("monday", "Sun, 29 Nov 2026 12:00:09 GMT", """{"errors":[]}""", 9.0)]
    [InlineData("monday", null, "{}", null)]
    [InlineData("github", "soon", "{}", null)]
    [InlineData("github", "-5", "{}", null)]
    [InlineData("github", "999999999", "{}", null)]
    [InlineData("github", "Sun, 29 Nov 2020 12:00:09 GMT", "{}", null)]
    public void It_is_read_as_the_definition_says(string provider, string? header, string body, double? seconds)
    {
        var rules = ShippedProviders.Find(provider)!.Api.RateLimit;

        var wait = PaceRead.WaitOf(rules, name => name == rules.RetryAfter ? header : null, JsonElement.Parse(body), Now);

        Assert.Equal(seconds, wait?.TotalSeconds);
    }

    [Fact]
    public void A_header_of_another_name_is_the_one_that_is_read() =>
        Assert.Equal(TimeSpan.FromSeconds(0.5), PaceRead.WaitOf(new RateLimitRules { RetryAfter = "X-Wait" }, name => name == "X-Wait" ? "0.5" : "100", null, Now));
}
