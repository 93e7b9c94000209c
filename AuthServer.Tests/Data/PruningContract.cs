using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

public sealed class SqlitePruningTests(SqliteStore store) : PruningContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlPruningTests(PostgreSqlStore store) : PruningContract(store), IClassFixture<PostgreSqlStore>;

public abstract class PruningContract(DatabaseStore store)
{
    private static readonly DateTimeOffset LongAgo = Now.AddDays(-100);

    [Fact]
    public async Task What_has_expired_is_deleted_and_the_rest_stays()
    {
        await store.ReplayGuard.TryAddAsync("old", LongAgo, default);
        await store.ReplayGuard.TryAddAsync("new", Now.AddMinutes(1), default);
        await store.QueryAsync(async context =>
        {
            context.PolicyLimits.Add(new PolicyLimitRow { Key = "old", ExpiresAt = LongAgo });
            context.PolicyLimits.Add(new PolicyLimitRow { Key = "new", ExpiresAt = Now.AddMinutes(1) });
            return await context.SaveChangesAsync();
        });
        await store.Families.EndTokenAsync("old", LongAgo, Event(), default);
        await store.Families.EndTokenAsync("new", Now.AddMinutes(1), Event(), default);
        var (old, recent) = (Request("192.0.2.40") with { CreatedAt = LongAgo, ExpiresAt = LongAgo.AddMinutes(10) }, Request("192.0.2.41"));
        Assert.True(await store.Requests.TryAddAsync(old, default));
        Assert.True(await store.Requests.TryAddAsync(recent, default));

        await store.Services.GetServices<IHostedService>().OfType<Pruning>().Single().PruneAsync(Now, default);

        Assert.Equal(
            (1, "new", 1, recent.Id),
            await store.QueryAsync(async context => (
                await context.UsedHandles.CountAsync(),
                (await context.PolicyLimits.SingleAsync()).Key,
                await context.Revocations.CountAsync(),
                (await context.AuthorizationRequests.SingleAsync()).Id)));
        Assert.False(await store.ReplayGuard.TryAddAsync("new", Now.AddMinutes(1), default));
        Assert.Equal((false, true), (store.Index.Ended(RevocationKind.Token, "old"), store.Index.Ended(RevocationKind.Token, "new")));
    }

    [Fact]
    public async Task Tokens_stay_for_14_days_after_they_and_their_family_have_expired()
    {
        var living = await OpenAsync(familyExpires: Now.AddDays(-13));
        var dead = await OpenAsync(familyExpires: Now.AddDays(-15));
        var (recent, old) = (await CodeAsync(Now.AddDays(-13)), await CodeAsync(Now.AddDays(-15)));

        await store.Services.GetRequiredService<TokenPruning>().PruneAsync(Now, default);

        // A replay of it must still end its family.
        Assert.NotNull(await store.RefreshTokens.FindAsync(living.ReferenceId, default));
        Assert.Null(await store.RefreshTokens.FindAsync(dead.ReferenceId, default));
        Assert.NotNull(await store.Codes.FindAsync(recent.ReferenceId, default));
        Assert.Null(await store.Codes.FindAsync(old.ReferenceId, default));
        Assert.NotNull(await store.QueryAsync(context => context.TokenFamilies.FindAsync(living.Rights.FamilyId).AsTask()));
        Assert.Null(await store.QueryAsync(context => context.TokenFamilies.FindAsync(dead.Rights.FamilyId).AsTask()));
    }

    [Fact]
    public async Task More_than_one_portion_is_deleted()
    {
        var code = await Samples.CodeAsync(store);
        for (var i = 0; i < 450; i++)
        {
            var old = code with { Id = Identifiers.Member("fam_many", LongAgo), ReferenceId = $"many-{i}", ExpiresAt = LongAgo };
            Assert.True(await store.Codes.TryAddAsync(old, null, Event(), default));
        }

        await store.Services.GetRequiredService<TokenPruning>().PruneAsync(Now, default);

        Assert.False(await store.QueryAsync(context => context.Tokens.AnyAsync(token => token.ReferenceId!.StartsWith("many-"))));
    }

    private async Task<RefreshToken> OpenAsync(DateTimeOffset familyExpires)
    {
        var code = await Samples.CodeAsync(store);
        var token = Token(code.Rights) with { ExpiresAt = LongAgo };
        Assert.True(await store.Codes.TryRedeemAsync(code, Family(code) with { ExpiresAt = familyExpires }, new Issuance(Event(), token), default));
        return token;
    }

    private async Task<AuthorizationCode> CodeAsync(DateTimeOffset expires)
    {
        var code = await Samples.CodeAsync(store);
        var other = code with { Id = Identifiers.Member(code.Rights.FamilyId, Now), ReferenceId = code.ReferenceId + "2", ExpiresAt = expires };
        Assert.True(await store.Codes.TryAddAsync(other, null, Event(), default));
        return other;
    }
}
