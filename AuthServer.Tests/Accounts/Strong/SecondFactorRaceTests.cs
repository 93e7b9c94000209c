using System.Net;
using AuthServer.Accounts.Strong;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Accounts.Strong;

/// <summary>Many who use the same code at once, on both databases.</summary>
public sealed class SecondFactorRaceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_code_is_accepted_from_one_and_each_answer_that_is_told_is_counted(bool postgreSql)
    {
        await using var server = await Flows.StartAsync(
            [("AuthServer:RateLimits:SignIn", "1000"), ("AuthServer:RateLimits:PerAddress", "1000"), .. postgreSql ? await PostgreSqlCluster.SettingsAsync() : []]);
        var (browser, email) = await StrongSide.NewcomerAsync(server);
        using var _ = browser;
        var (app, codes) = await StrongSide.EnrolAsync(server, browser);

        var recovered = await AllAsync(server, email, codes[0]);
        Assert.Single(recovered, outcome => outcome is FactorOutcome.Right);
        Assert.Single(await server.TrailAsync(StrongEvents.RecoveryCodeUsed));
        Assert.Equal(RecoveryCodes.Count - 1, await server.QueryAsync(context => context.RecoveryCodes.CountAsync()));

        Assert.Single(await AllAsync(server, email, app.Code()), outcome => outcome is FactorOutcome.Right);

        // A crowd learns no more than one who asks in turn.
        server.Clock.Advance(TimeSpan.FromHours(2));
        var before = await FailuresAsync(server);
        var guessed = await AllAsync(server, email, app.Wrong());
        Assert.Equal(guessed.Count(outcome => outcome is FactorOutcome.Wrong), await FailuresAsync(server) - before);
        Assert.DoesNotContain(guessed, outcome => outcome is FactorOutcome.Right);
    }

    private static Task<int> FailuresAsync(TestServer server) => server.QueryAsync(context => context.Authenticators.Select(row => row.Failures).SingleAsync());

    private static Task<FactorOutcome[]> AllAsync(TestServer server, string email, string code) => Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
    {
        await using var scope = server.Services.CreateAsyncScope();
        var user = await server.QueryAsync(context => context.Users.AsNoTracking().SingleAsync(row => row.Email == email));
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        return await scope.ServiceProvider.GetRequiredService<SecondFactors>().TryAsync(http, user, code, CancellationToken.None);
    }));
}
