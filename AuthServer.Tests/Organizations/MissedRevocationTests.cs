using System.Net;
using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Organizations;

/// <summary>A node that may have missed the revocation of a key does not answer by what it remembers.</summary>
[Trait("negative", "2")]
public sealed class MissedRevocationTests(ChainSide side) : IClassFixture<ChainSide>
{
    private RevocationFeed Feed => side.Server.Services.GetRequiredService<RevocationFeed>();

    [Fact]
    public async Task Of_a_developers_key()
    {
        Feed.IsCurrent = true;
        var colleague = await side.Organization.ColleagueAsync(AuthServer.Organizations.Role.Developer);
        using var rest = side.As(colleague.Key);
        (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK);
        await RevokeElsewhereAsync(await side.Server.QueryAsync(context => context.DeveloperKeys.Where(row => row.UserId == colleague.UserId).Select(row => row.Id).SingleAsync()));

        (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK);
        LoseTheBus();
        (await rest.GetAsync("/agents")).Is(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Of_an_agents_key()
    {
        Feed.IsCurrent = true;
        var agent = await side.AgentAsync();
        using var rest = agent.Rest();
        (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK);
        await RevokeElsewhereAsync(agent.KeyId);

        (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK);
        LoseTheBus();
        (await rest.GetAsync("/agents")).Is(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_developers_key_tells_to_the_minute_when_it_was_used()
    {
        var colleague = await side.Organization.ColleagueAsync(AuthServer.Organizations.Role.Developer);
        using var rest = side.As(colleague.Key);
        var first = side.Server.Clock.Now;
        foreach (var (seconds, used) in new[] { (0, 0), (30, 0), (31, 61) })
        {
            side.Server.Clock.Advance(TimeSpan.FromSeconds(seconds));
            (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK);
            var told = await side.Server.QueryAsync(context => context.DeveloperKeys.Where(row => row.UserId == colleague.UserId).Select(row => row.LastUsedAt).SingleAsync());
            Assert.Equal(first.AddSeconds(used), told!.Value, TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>As another node stores it. Nobody tells this one.</summary>
    private Task<bool> RevokeElsewhereAsync(string keyId) => side.Server.QueryAsync(async context =>
    {
        var now = side.Server.Clock.Now;
        await StoredRevocations.AddAsync(context, new Revocation(new Revocation.Key(RevocationKind.Credential, keyId), now, now.AddDays(1)), default);
        return true;
    });

    private void LoseTheBus() => Feed.IsCurrent = false;
}
