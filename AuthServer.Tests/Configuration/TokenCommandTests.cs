using System.CommandLine;
using AuthServer.Configuration;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Configuration;

public sealed class TokenCommandTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private OrganizationSide _acme = null!;

    public async Task InitializeAsync()
    {
        _server = await Flows.StartAsync();
        _acme = await OrganizationSide.CreateAsync(_server);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_end_of_each_is_told_with_the_agent_and_organization_that_it_concerns()
    {
        var agent = await _acme.RegisterAsync();
        var (id, clientId) = (Text(agent, "id"), Text(agent, "clientId"));
        foreach (var (target, about) in new (string, (string?, string?, string?))[]
        {
            (id, (clientId, id, _acme.Id)),
            (clientId, (clientId, id, _acme.Id)),
            (_acme.Id, (null, null, _acme.Id)),
            (_acme.UserId, (null, null, null)),
            ("web", ("web", null, null)),
        })
        {
            var (code, _, errors) = await EndAsync(target);

            Assert.Equal((0, ""), (code, errors));
            var told = Assert.Single(await _server.TrailAsync(AuditEventTypes.TokenRevoked), row => row.Target == target);
            Assert.Equal(about, (told.ClientId, told.AgentId, told.OrganizationId));
        }
    }

    [Theory]
    [InlineData("agt_mistyped")]
    [InlineData("usr_")]
    [InlineData("nobody")]
    public async Task A_mistyped_id_is_an_error_and_ends_nothing(string id)
    {
        var (code, output, errors) = await EndAsync(id);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains(id, errors, StringComparison.Ordinal);
        Assert.Empty(await _server.TrailAsync(AuditEventTypes.TokenRevoked));
    }

    [Fact]
    public async Task An_id_of_the_right_form_that_nobody_has_is_one_too()
    {
        foreach (var prefix in new[] { "usr_", "agt_", "acct_", "agc_" })
        {
            Assert.Equal(1, (await EndAsync(Identifiers.New(prefix, _server.Clock.Now))).Code);
        }
    }

    private async Task<(int Code, string Output, string Errors)> EndAsync(string id)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var command = TokenCommands.Create(_ => Task.FromResult(_server.Services));
        var code = await command.Parse(["end", id]).InvokeAsync(new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
