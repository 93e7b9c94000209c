using AuthServer.Tests.Support;
using AuthServer.Vault.Providers;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Providers;

/// <summary>The names that stand for all providers of a company, and the short names of Google's scopes.</summary>
public sealed class ProviderFamilyTests
{
    [Fact]
    public async Task A_family_is_found_by_its_name_and_a_provider_by_its_own()
    {
        await using var server = await TestServer.StartAsync();
        var catalog = server.Services.GetRequiredService<ProviderCatalog>();
        async Task<string> Named(string name) => string.Join(' ', (await catalog.NamedAsync("acct_x", name, default)).Select(provider => provider.Id).Order(StringComparer.Ordinal));

        Assert.Equal("gmail google_calendar google_drive google_workspace", await Named("google"));
        Assert.Equal("microsoft_calendar microsoft_teams onedrive outlook", await Named("microsoft"));
        Assert.Equal("slack", await Named("slack"));
        Assert.Equal("", await Named("nothing"));
        Assert.Null(await catalog.FindAsync("acct_x", "google", default));
        Assert.Null(ProviderFamily.Find("Google"));
    }

    [Fact]
    public void No_provider_has_the_name_of_a_family_and_every_family_has_providers()
    {
        Assert.Empty(ProviderFamily.All.Select(family => family.Id).Intersect(ShippedProviders.Ids));
        Assert.All(ProviderFamily.All, family => Assert.NotEmpty(family.Providers));
        Assert.All(ShippedProviders.All, provider => Assert.True(provider.Family is null || ProviderFamily.Find(provider.Family) is not null));
    }

    [Theory]
    [InlineData("google_calendar", "calendar.readonly", "https://www.googleapis.com/auth/calendar.readonly", "calendar.readonly")]
    [InlineData("google_calendar", "https://www.googleapis.com/auth/calendar.readonly", "https://www.googleapis.com/auth/calendar.readonly", "calendar.readonly")]
    [InlineData("google_calendar", "tasks.readonly", "https://www.googleapis.com/auth/tasks.readonly", "tasks.readonly")]
    [InlineData("google_calendar", "openid", "openid", "openid")]
    [InlineData("gmail", "https://mail.google.com/", "https://mail.google.com/", "https://mail.google.com/")]
    [InlineData("outlook", "Mail.Read", "Mail.Read", "Mail.Read")]
    [InlineData("slack", "chat:write", "chat:write", "chat:write")]
    public void A_scope_has_a_full_and_a_short_name(string id, string asked, string full, string shortened)
    {
        var scopes = ShippedProviders.Find(id)!.Oauth!.Scopes;
        Assert.Equal((full, shortened), (scopes.Full(asked), scopes.Shortened(scopes.Full(asked))));
    }

    [Fact]
    public void A_scope_is_described_by_either_name()
    {
        var scopes = ShippedProviders.Find("google_calendar")!.Oauth!.Scopes;
        Assert.Equal("see all your calendars and events", scopes.Find("calendar.readonly")!.Words);
        Assert.Same(scopes.Find("calendar.readonly"), scopes.Find("https://www.googleapis.com/auth/calendar.readonly"));
        Assert.Null(scopes.Find("tasks.readonly"));
    }
}
