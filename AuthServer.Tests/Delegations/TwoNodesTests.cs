using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Delegations;

/// <summary>Two servers on one PostgreSQL: a branch that is cut at one is dead at the other, and what hangs beside it is not.</summary>
[Trait("negative", "59")]
public sealed class TwoNodesTests : IAsyncLifetime
{
    private ChainSide _one = null!;
    private ChainSide _two = null!;

    public async Task InitializeAsync()
    {
        var database = await PostgreSqlCluster.SettingsAsync();
        _one = new ChainSide { More = database };
        await _one.InitializeAsync();
        _two = new ChainSide
        {
            More = [.. database, ("AuthServer:Issuer", _one.Server.Issuer), ("AuthServer:Keys:Directory", Path.Combine(_one.Server.Home, "keys"))],
        };
        await _two.InitializeAsync();
        _one.Server.Clock.AdvanceTo(_two.Server.Clock.Now);
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task A_branch_that_is_cut_at_one_is_dead_at_the_other()
    {
        var (alice, bob, carol) = (await _one.AgentAsync(), await _one.AgentAsync("delegations.write"), await _one.AgentAsync());
        var root = await alice.DelegatedAsync(bob, ["api.read"]);
        var below = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = root });
        var beside = await alice.DelegatedAsync(carol, ["api.read"]);
        var (bobs, carols) = (At(bob), At(carol));
        string[] branch = [await TokenAsync(bobs, root), await TokenAsync(carols, below)];
        var other = await TokenAsync(carols, beside);
        Assert.True(await _two.IsActiveAsync(carols, branch[1]));

        using var rest = alice.Rest();
        (await rest.DeleteAsync("/delegations/" + root)).Is(HttpStatusCode.OK);

        foreach (var token in branch)
        {
            await Waiting.UntilAsync(() => _two.IsActiveAsync(carols, token), active => !active);
        }

        (await carols.ActAsync(below)).Is(HttpStatusCode.BadRequest);
        Assert.True(await _two.IsActiveAsync(carols, other));
        await TokenAsync(carols, beside);
    }

    /// <summary>The same agent, calling the other node.</summary>
    private KeyedAgent At(KeyedAgent agent) => agent with { Side = _two };

    private static async Task<string> TokenAsync(KeyedAgent agent, string delegationId) =>
        (await agent.ActAsync(delegationId)).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;
}
