using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

/// <summary>What has expired goes; what still counts stays.</summary>
public abstract class PruningContract(DatabaseStore store)
{
    [Fact]
    public async Task Expired_requests_handles_and_revocations_are_deleted()
    {
        Assert.True(await store.Requests.TryAddAsync(Request("192.0.2.8"), default));
        Assert.True(await store.ReplayGuard.TryAddAsync("handle", Now.AddMinutes(10), default));
        await store.Families.EndTokenAsync("aud_x", Now.AddMinutes(10), Event(), default);

        await Pruning.PruneAsync(Now.AddMinutes(9), default);
        Assert.Equal((1, 1, 1), await CountAsync());
        Assert.True(store.Index.Ended(RevocationKind.Token, "aud_x"));

        await Pruning.PruneAsync(Now.AddMinutes(10), default);
        Assert.Equal((0, 0, 0), await CountAsync());
        Assert.False(store.Index.Ended(RevocationKind.Token, "aud_x"));
    }

    [Fact]
    public async Task Tokens_go_14_days_after_their_family_expired_so_that_a_replay_is_known_until_then()
    {
        var token = await RedeemedAsync(store);
        await Tokens.PruneAsync(token.FamilyExpiresAt.AddDays(14).AddSeconds(-1), default);
        Assert.NotNull(await store.RefreshTokens.FindAsync(token.ReferenceId, default));
        await Tokens.PruneAsync(token.FamilyExpiresAt.AddDays(14), default);
        Assert.Null(await store.RefreshTokens.FindAsync(token.ReferenceId, default));
        Assert.False(await store.QueryAsync(context => context.TokenFamilies.AnyAsync(row => row.Id == token.Rights.FamilyId)));
    }

    private Pruning Pruning => store.Services.GetServices<IHostedService>().OfType<Pruning>().Single();

    private TokenPruning Tokens => store.Services.GetRequiredService<TokenPruning>();

    private Task<(int Requests, int Handles, int Revocations)> CountAsync() => store.QueryAsync(async context =>
        (await context.AuthorizationRequests.CountAsync(), await context.UsedHandles.CountAsync(), await context.Revocations.CountAsync()));
}

public sealed class SqlitePruningTests(SqliteStore store) : PruningContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlPruningTests(PostgreSqlStore store) : PruningContract(store), IClassFixture<PostgreSqlStore>;
