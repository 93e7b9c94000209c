using System.Net;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Delegations;

/// <summary>An API that is not registered any longer gets no new tokens, by an exchange neither.</summary>
[Trait("negative", "4")]
public sealed class GoneResourceTests : IAsyncLifetime
{
    private readonly PersonSide _side = new();

    public Task InitializeAsync() => _side.InitializeAsync();

    public Task DisposeAsync() => _side.DisposeAsync();

    [Fact]
    public async Task A_consent_to_an_agent_and_a_token_from_before_give_none()
    {
        var (agent, person) = (await _side.AgentAsync(), await _side.PersonAsync());
        await person.ConsentThroughPortalAsync(agent, "email:read", Flows.Other);
        var token = await person.TokenAsync("email:read", agent, Flows.Other);
        Assert.Equal(Flows.Other, Audience(await agent.ExchangeAsync(token)));

        await TakeOutAsync();
        await RefusedAsync(await agent.ExchangeAsync(token));
        await RefusedAsync(await agent.ExchangeAsync(token, ("resource", Flows.Other)));
    }

    [Fact]
    public async Task A_client_that_narrows_its_own_token_gets_one_for_those_that_are_left()
    {
        var person = await _side.PersonAsync();
        var code = await person.AllowAsync(PersonSide.Portal, PersonSide.PortalRedirect, ("scope", "email:read"), ("resource", Flows.Other), ("resource", Flows.Api));
        var token = (await person.RedeemAsync(code)).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;

        await TakeOutAsync();
        Assert.Equal(Flows.Api, Audience(await _side.ExchangeAsync(PersonSide.Portal, token, null)));
        await RefusedAsync(await _side.ExchangeAsync(PersonSide.Portal, token, null, ("resource", Flows.Other)));
        await RefusedAsync(await _side.ExchangeAsync(PersonSide.Portal, token, null, ("resource", Flows.Api), ("audience", Flows.Other)));
    }

    private static string? Audience(RestAnswer answer) =>
        ChainSide.Claims(answer.Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!).GetProperty("aud").GetString();

    /// <summary>As another node deletes it: what is remembered here is a few seconds old at most.</summary>
    private async Task TakeOutAsync()
    {
        Assert.Equal(1, await _side.Server.QueryAsync(context => context.ProtectedResources.Where(row => row.Uri == Flows.Other).ExecuteDeleteAsync()));
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));
    }

    private async Task RefusedAsync(RestAnswer answer)
    {
        answer.Is(HttpStatusCode.BadRequest);
        Assert.Equal(("invalid_target", "resource_not_registered"), (answer.Json.GetProperty("error").GetString(), await _side.ReasonAsync()));
    }
}
