using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Dialect;

/// <summary>What providers say of how many calls are left, each in its own way.</summary>
public sealed class QuotaTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, string, string?, string?, string?, long?, long?, int?> Answers => new()
    {
        // provider, remaining, limit, reset, usage → limit, left, seconds until there are more
        { "github", "4999", "5000", "1795953660", null, 5000, 4999, 60 },
        { "discord", "4", "5", "0.47", null, 5, 4, 1 },
        { "salesforce", "", null, null, "api-usage=18/5000", 5000, 4982, null },
        { "salesforce", "", null, null, "api-usage=5010/5000", 5000, 0, null },
        { "vercel", "7", "100", "in a while", null, 100, 7, null },
        { "zoom", "12;w=60", null, null, null, null, 12, null },
        { "zoom", "none", null, null, null, null, null, null },
        { "zoom", "-1", null, null, null, null, null, null },
        { "zoom", "99999999999999999999", null, null, null, null, null, null },
        { "github", "1", "5000", "1", null, 5000, 1, null },
        { "github", "1", "5000", "99999999999", null, 5000, 1, null },
        { "slack", "10", "10", "10", null, null, null, null },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void It_is_read_by_the_headers_that_the_definition_names(string provider, string remaining, string? limit, string? reset, string? usage, long? all, long? left, int? seconds)
    {
        var rules = ShippedProviders.Find(provider)!.Api.RateLimit;
        string? Header(string name) => name == rules.Remaining ? remaining : name == rules.Limit ? limit : name == rules.Reset ? reset : name == rules.Usage ? usage : null;

        var quota = Quota.Read(rules, Header, Now);

        Assert.Equal((all, left, seconds), (quota?.Limit, quota?.Left, quota?.ResetsAt is { } at ? (int)(at - Now).TotalSeconds : null));
    }
}
