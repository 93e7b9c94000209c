using AuthServer.Policies.Engine;

namespace AuthServer.Tests.Policies;

public sealed class VerbTests
{
    [Theory]
    [InlineData("read", "crm.contacts.read", true)]
    [InlineData("read", "email:read", true)]
    [InlineData("read", "read", true)]
    [InlineData("read", "email:reads", false)]
    [InlineData("read", "read.all", false)]
    [InlineData("write", "delegations.write", true)]
    [InlineData("delegate", "delegations.write", true)]
    [InlineData("delegate", "files.delegate", true)]
    [InlineData("admin", "admin.full", true)]
    [InlineData("execute", "admin.full", false)]
    [InlineData("execute", "payments:charge", true)]
    [InlineData("execute", "jobs.execute", true)]
    [InlineData("execute", "files:delete", false)]
    public void An_action_covers_the_scopes_that_do_it(string verb, string scope, bool covered)
    {
        Assert.Equal(covered, Verbs.Covers(verb, scope));
        Assert.Equal(covered, Pattern.Action(verb)!.Covers(scope));
    }

    [Theory]
    [InlineData("write", "/api/v1/credentials", "credentials.write credentials:write")]
    [InlineData("write", "/api/v1/credentials/7", "credentials.write credentials:write credentials.7.write credentials:7:write")]
    [InlineData("read", "/api/v1", "api.read api:read")]
    [InlineData("read", "https://api.example/v2/files", "v2.read v2:read v2.files.read v2:files:read")]
    [InlineData("read", "github:repo", "github.read github:read github.repo.read github:repo:read")]
    [InlineData("execute", "email:send", "email.execute email:execute email email.send.execute email:send:execute email.send email:send")]
    [InlineData("admin", "files", "files.admin files:admin admin.full")]
    [InlineData("delegate", "/api/v1/delegations", "delegations.delegate delegations:delegate delegations.write")]
    [InlineData("read", "/", "")]
    [InlineData("read", "*", "")]
    [InlineData("read", "a b", "")]
    public void A_resource_is_reached_by_scopes_named_after_it(string verb, string resource, string scopes) =>
        Assert.Equal(scopes, string.Join(' ', Verbs.Scopes(verb, resource)));
}
