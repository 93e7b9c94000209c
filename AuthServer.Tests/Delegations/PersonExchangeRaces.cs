using System.Net;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Delegations;

/// <summary>An agent exchanges a person's token while the person, or somebody else, ends what it hangs on.</summary>
public abstract class PersonExchangeRaces : IAsyncLifetime
{
    private PersonSide _side = null!;

    public async Task InitializeAsync()
    {
        _side = new PersonSide { More = await DatabaseAsync() };
        await _side.InitializeAsync();
    }

    public Task DisposeAsync() => _side.DisposeAsync();

    protected abstract Task<(string Key, string Value)[]> DatabaseAsync();

    [Fact]
    public async Task No_token_that_was_being_issued_outlives_the_consent()
    {
        var (agent, person) = (await _side.AgentAsync(), await _side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        var subject = await person.TokenAsync("email:read", agent);
        var started = new TaskCompletionSource();
        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            List<string> tokens = [];
            while (await agent.ExchangeAsync(subject) is { Status: HttpStatusCode.OK } answer)
            {
                tokens.Add(answer.Json.GetProperty("access_token").GetString()!);
                started.TrySetResult();
            }

            return tokens;
        })).ToArray();
        await started.Task;
        await person.TakeBackAsync(agent);

        foreach (var token in (await Task.WhenAll(workers)).SelectMany(tokens => tokens))
        {
            Assert.False(await _side.Chain.IsActiveAsync(agent, token));
        }

        Assert.Equal(0, await _side.Server.QueryAsync(context => context.TokenFamilies.CountAsync(row => row.Subject == person.Id && row.ActorId == agent.Id && row.EndedAt == null)));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("consent")]
    [InlineData("token")]
    [InlineData("session")]
    [InlineData("agent")]
    public async Task What_ended_since_it_was_read_opens_no_family_and_leaves_no_event(string ended)
    {
        var (agent, person, now) = (await _side.AgentAsync(), await _side.PersonAsync(), _side.Server.Clock.Now);
        await person.ConsentAsync(agent, "email:read");
        var claims = ChainSide.Claims(await person.TokenAsync("email:read", agent));
        string Claim(string name) => claims.GetProperty(name).GetString()!;
        var consents = _side.Server.Services.GetRequiredService<IConsents>();
        var consent = Assert.Single(await consents.FindAsync(person.Id, agent.Id, PersonSide.Portal, now, default));
        switch (ended)
        {
            case "consent":
                await person.TakeBackAsync(agent);
                break;
            case "token":
                await EndFamilyAsync(Claim("fam"));
                break;
            case "session":
                await person.Browser.GoAsync("/connect/endsession");
                await person.Browser.SubmitAsync(button: "Sign out");
                break;
            case "agent":
                await _side.Chain.Organization.PostAsync($"/api/v1/agents/{agent.Id}/suspend");
                break;
        }

        var issued = new AuditEvent { Id = Identifiers.New("aud_", now), At = now, Type = AuditEventTypes.TokenIssued, Outcome = AuditOutcomes.Success };
        var id = Identifiers.New("fam_", now);
        var opened = await consents.TryOpenAsync(
            new TokenFamily
            {
                Id = id,
                CreatedAt = now,
                ExpiresAt = now.AddMinutes(15),
                Rights = new GrantedRights
                {
                    AuthorizationId = consent.Id,
                    FamilyId = id,
                    SubjectFamilyId = Claim("fam"),
                    ApplicationId = consent.ApplicationId,
                    Subject = person.Id,
                    Actor = new AgentIdentity(agent.Id, "assistant", "root", _side.Chain.Organization.Id),
                    Scopes = consent.Scopes,
                    SessionId = Claim("sid"),
                    AuthTime = now,
                },
            },
            new Issuance(issued),
            default);

        Assert.Equal(ended == "nothing", opened);
        Assert.Equal(opened, await _side.Server.QueryAsync(context => context.TokenFamilies.AnyAsync(row => row.Id == id)));
        Assert.Equal(opened, await _side.Server.QueryAsync(context => context.AuditEvents.AnyAsync(row => row.Id == issued.Id)));
    }

    private Task<int> EndFamilyAsync(string id) => _side.Server.QueryAsync(
        context => context.TokenFamilies.Where(row => row.Id == id).ExecuteUpdateAsync(row => row.SetProperty(family => family.EndedAt, _side.Server.Clock.Now)));
}
