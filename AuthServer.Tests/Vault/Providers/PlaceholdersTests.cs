using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Providers;

public sealed class PlaceholdersTests
{
    [Theory]
    [InlineData("Bearer {token}", "Bearer t")]
    [InlineData("query { me { id } }", "query { me { id } }")]
    [InlineData("{Token} {} {1}", "{Token} {} {1}")]
    [InlineData("{absent}", null)]
    [InlineData("{token}{absent}", null)]
    public void A_text_is_filled_or_there_is_none(string text, string? filled) => Assert.Equal(filled, Placeholders.Fill(text, name => name == "token" ? "t" : null));

    [Theory]
    [InlineData("https://{x}/api", "git.example.com", "https://git.example.com/api")]
    [InlineData("https://{x}/api", "git.example.com:8443", "https://git.example.com:8443/api")]
    [InlineData("https://{x}.example.com", "eu", "https://eu.example.com")]
    [InlineData("{x}/v2", "https://api.example.com", "https://api.example.com/v2")]
    [InlineData("{x}/v2", "https://api.example.com/base", "https://api.example.com/base/v2")]
    [InlineData("https://a.example/{x}/b", "../../c?d#e", "https://a.example/..%2F..%2Fc%3Fd%23e/b")]
    [InlineData("https://a.example/b?c={x}", "d&e=f", "https://a.example/b?c=d%26e%3Df")]
    public void A_value_stays_in_its_place_of_an_address(string url, string value, string filled) => Assert.Equal(filled, Placeholders.FillUrl(url, _ => value));

    [Theory]
    [InlineData("https://{x}/api", "evil.example/steal")]
    [InlineData("https://{x}/api", "user@evil.example")]
    [InlineData("https://{x}.example.com", "evil.test/")]
    [InlineData("https://{x}.example.com", "evil.test#")]
    [InlineData("https://{x}.example.com", "evil.test?")]
    [InlineData("https://{x}.example.com", "evil.test\\")]
    [InlineData("https://{x}/api", "a\r\nb")]
    [InlineData("{x}/v2", "evil.example")]
    [InlineData("{x}/v2", "https://good.example@evil.example")]
    [InlineData("{x}/v2", "https://evil.example?")]
    [InlineData("{x}/v2", "https://evil.example#")]
    [InlineData("{x}/v2", "file:///etc/passwd")]
    [InlineData("{x}/v2", "")]
    [InlineData("https://a.example/b/{x}/c", ".")]
    [InlineData("https://a.example/b/{x}/c", "..")]
    [InlineData("https://a.example/b/{x}/c", "")]
    public void A_value_that_would_lead_elsewhere_fills_nothing(string url, string value) => Assert.Null(Placeholders.FillUrl(url, _ => value));

    [Theory]
    [InlineData("gitlab", "host", "git.acme.example", true)]
    [InlineData("gitlab", "host", "git.acme.example:8443", true)]
    [InlineData("gitlab", "host", "https://git.acme.example", false)]
    [InlineData("gitlab", "host", "git.acme.example/x", false)]
    [InlineData("gitlab", "host", "Git.acme.example", false)]
    [InlineData("gitlab", "host", "a b", false)]
    [InlineData("gitlab", "host", "", false)]
    [InlineData("salesforce", "instance_url", "https://acme.my.salesforce.com", true)]
    [InlineData("salesforce", "instance_url", "https://salesforce.com", false)]
    [InlineData("salesforce", "instance_url", "https://acme.my.salesforce.com.evil.example", false)]
    [InlineData("salesforce", "instance_url", "https://evilsalesforce.com", false)]
    [InlineData("salesforce", "instance_url", "https://user@acme.my.salesforce.com", false)]
    [InlineData("salesforce", "instance_url", "https://acme.my.salesforce.com:8443", false)]
    [InlineData("salesforce", "instance_url", "http://acme.my.salesforce.com", false)]
    [InlineData("salesforce", "instance_url", "https://169.254.169.254", false)]
    [InlineData("salesforce", "instance_url", "https://acme.my.salesforce.com/x?y", false)]
    [InlineData("salesforce", "login_host", "acme.my.salesforce.com", true)]
    [InlineData("salesforce", "login_host", "evil.example", false)]
    [InlineData("zoom", "api_url", "https://api-us.zoom.us", true)]
    [InlineData("zoom", "api_url", "https://zoom.us.evil.example", false)]
    [InlineData("outlook", "tenant", "contoso.onmicrosoft.com", true)]
    [InlineData("outlook", "tenant", "common/../x", false)]
    [InlineData("datadog", "site", "datadoghq.eu", true)]
    [InlineData("datadog", "site", "evil.example", false)]
    [InlineData("jira", "cloud_id", "11223344-a1b2-3b33-c444-def123456789", true)]
    [InlineData("jira", "cloud_id", "../../oauth", false)]
    public void A_field_takes_what_fits_it_and_nothing_else(string provider, string field, string value, bool fits) =>
        Assert.Equal(fits, FieldValues.Refuse(ShippedProviders.Find(provider)!.Field(field)!, value) is null);

    [Theory]
    [InlineData("anthropic", "api_key", "sk-ant-api03-x", true)]
    [InlineData("anthropic", "api_key", "sk-ant-admin01-x", false)]
    [InlineData("anthropic", "api_key", "sk-x", false)]
    [InlineData("github", "api_key", "github_pat_x", true)]
    [InlineData("github", "api_key", "gho_x", false)]
    [InlineData("openai", "api_key", "sk-x\r\nX-Other: y", false)]
    [InlineData("jira", "site", "acme", true)]
    [InlineData("jira", "site", "acme.evil.example/", false)]
    [InlineData("twilio", "account_sid", "AC0123456789abcdef0123456789abcdef", true)]
    [InlineData("twilio", "account_sid", "AC/../x", false)]
    public void A_part_of_a_key_takes_what_fits_it_and_nothing_else(string provider, string field, string value, bool fits) =>
        Assert.Equal(fits, FieldValues.Refuse(ShippedProviders.Find(provider)!.ApiKey!.Field(field)!, value) is null);
}
