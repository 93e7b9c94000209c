using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Organizations;
using AuthServer.Policies.Engine;
using AuthServer.Scopes;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Scopes;

public sealed class ScopeCatalogTests : IAsyncLifetime
{
    private const string Acme = "acct_acme";
    private const string Other = "acct_other";

    private readonly SqliteStore _store = new();
    private readonly TestClock _clock = new();
    private ScopeCatalog _catalog = null!;

    public async Task InitializeAsync()
    {
        await _store.InitializeAsync();
        _catalog = new ScopeCatalog(_store.Services.GetRequiredService<IDbContextFactory<AuthDbContext>>(), _clock);
        await AddAsync(new Organization { Id = Acme, Version = "1" }, new Organization { Id = Other, Version = "1" });
        await AddAsync(
            new OpenIddictScope { Id = "1", Name = "weather.read", DisplayName = "See the weather", Description = "It knows what to wear." },
            new OpenIddictScope { Id = "2", Name = "weather.bare" },
            new OpenIddictScope { Id = "3", Name = "payments:charge", DisplayName = "Look around" },
            Own(Acme, "robots:move", "Move the robots"),
            Own(Acme, "weather.read", "Do nothing at all"),
            Own(Acme, "payments:charge", "Do nothing at all"),
            Own(Other, "secret:plans", "Read the plans"));
    }

    public Task DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Lines_come_in_the_order_asked_for_with_words_category_and_risk()
    {
        var lines = await DescribeAsync(Acme, "robots:move", "openid", "weather.read", "files:delete");

        Assert.Equal(["Move the robots", "Know who you are", "See the weather", "Delete your files"], lines.Select(line => line.Title));
        Assert.Equal(["robots", "identity", "other", "files"], lines.Select(line => line.Category));
        Assert.Equal([RiskLevel.Low, RiskLevel.Low, RiskLevel.High, RiskLevel.Critical], lines.Select(line => line.Risk));
        Assert.Equal([ScopeOrigin.Organization, ScopeOrigin.Predefined, ScopeOrigin.Operator, ScopeOrigin.Predefined], lines.Select(line => line.Origin));
    }

    [Fact]
    public async Task Neither_a_row_nor_an_organization_can_give_a_scope_harmless_words_in_place_of_its_own()
    {
        var lines = await DescribeAsync(Acme, "payments:charge", "weather.read");

        Assert.Equal(["Take payments", "See the weather"], lines.Select(line => line.Title));
        Assert.Equal([RiskLevel.Critical, RiskLevel.High], lines.Select(line => line.Risk));
    }

    [Theory]
    [InlineData("nobody:knows")]
    [InlineData("Files:Read")]
    [InlineData("files_read")]
    [InlineData("secret:plans")]
    [InlineData("weather.bare")]
    public async Task What_nobody_has_described_is_taken_for_dangerous_and_said_to_be_unknown(string name)
    {
        var line = Assert.Single(await DescribeAsync(Acme, name));

        Assert.Equal((name, "other", RiskLevel.High, name), (line.Name, line.Category, line.Risk, line.Title));
        Assert.StartsWith("Nobody has described what this allows.", line.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organization_knows_its_own_scopes_and_no_others()
    {
        Assert.Contains("robots:move", (await KnownAsync(Acme)).Names);
        Assert.DoesNotContain("secret:plans", (await KnownAsync(Acme)).Names);
        Assert.DoesNotContain("robots:move", (await KnownAsync(Other)).Names);
        Assert.DoesNotContain("robots:move", (await KnownAsync(null)).Names);
        Assert.Contains("weather.read", (await KnownAsync(null)).Names);
        Assert.Equal((await KnownAsync(Acme)).Names.Order(), (await KnownAsync(Acme)).All.Select(line => line.Name).Order());
    }

    [Fact]
    public async Task A_change_is_seen_within_five_seconds_and_ones_own_at_once()
    {
        Assert.Null((await KnownAsync(Acme)).Find("robots:stop"));
        await AddAsync(Own(Acme, "robots:stop", "Stop the robots"));

        Assert.Null((await KnownAsync(Acme)).Find("robots:stop"));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.NotNull((await KnownAsync(Acme)).Find("robots:stop"));

        await AddAsync(Own(Acme, "robots:sell", "Sell the robots"));
        _catalog.Forget(Acme);
        Assert.NotNull((await KnownAsync(Acme)).Find("robots:sell"));
    }

    private static OrganizationScope Own(string organization, string name, string title) => new()
    {
        OrganizationId = organization,
        Name = name,
        Likeness = ScopeLikeness.Of(name),
        Category = "robots",
        Risk = RiskLevel.Low,
        Title = title,
        Description = "Somebody could stand in their way.",
    };

    private async Task AddAsync(params object[] rows)
    {
        await using var context = _store.NewContext();
        context.AddRange(rows);
        await context.SaveChangesAsync();
    }

    private async Task<IReadOnlyList<ScopeLine>> DescribeAsync(string organization, params string[] names) =>
        await _catalog.DescribeAsync(names, organization, CancellationToken.None);

    private async Task<KnownScopes> KnownAsync(string? organization) => await _catalog.KnownAsync(organization, CancellationToken.None);
}
