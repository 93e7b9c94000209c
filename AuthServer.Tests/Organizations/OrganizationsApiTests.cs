using System.Net;
using AuthServer.Accounts;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Organizations;

public sealed class OrganizationsApiTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Fact]
    public async Task A_set_up_link_is_for_an_account_and_makes_no_organization()
    {
        var person = await side.PersonAsync();
        var invitation = side.Server.Services.GetRequiredService<Invitations>().Create(null, administrator: true).Split("invitation=")[1];
        (await person.Api.PostAsync("/organizations", new { name = "First", invitation })).Is(HttpStatusCode.Forbidden, "sign_up_closed");
    }

    [Fact]
    public async Task A_person_makes_organizations_and_sees_their_own()
    {
        var person = await side.PersonAsync();
        var made = (await person.Api.PostAsync("/organizations", new { name = "First" })).Is(HttpStatusCode.Created);
        var id = made.Json.GetProperty("id").GetString();
        Assert.Equal($"/api/v1/organizations/{id}", made.Response.Headers.Location?.ToString());
        await side.CrewAsync("Somebody else's");

        var list = (await person.Api.GetAsync("/organizations")).Is(HttpStatusCode.OK).Json;
        var only = Assert.Single(list.GetProperty("data").EnumerateArray());
        Assert.Equal((id, "First", "owner"), (only.GetProperty("id").GetString(), only.GetProperty("name").GetString(), only.GetProperty("role").GetString()));
        var signedIn = await person.SignInAsync(id);
        (await signedIn.Api.GetAsync("/organizations/" + id)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_rename_needs_the_version_that_it_is_meant_for()
    {
        var crew = await side.CrewAsync();
        var before = (await crew.Key.GetAsync(crew.Path)).Is(HttpStatusCode.OK);
        var version = before.Response.Headers.ETag!.ToString();

        (await crew.Key.SendAsync(HttpMethod.Patch, crew.Path, new { name = "Stale" }, ("If-Match", "\"another\""))).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        var after = (await crew.Key.SendAsync(HttpMethod.Patch, crew.Path, new { name = " Renamed " }, ("If-Match", version))).Is(HttpStatusCode.OK);
        Assert.Equal("Renamed", after.Json.GetProperty("name").GetString());
        Assert.NotEqual(version, after.Response.Headers.ETag!.ToString());
        (await crew.Key.SendAsync(HttpMethod.Patch, crew.Path, new { name = "Again" }, ("If-Match", version))).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        (await crew.Key.PatchAsync(crew.Path, new { name = "" })).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal("Renamed", (await crew.Key.GetAsync(crew.Path)).Json.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("PATCH", "", "{\"name\":\"Taken over\"}")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/members")]
    [InlineData("PATCH", "/members/{owner}", "{\"role\":\"auditor\"}")]
    [InlineData("DELETE", "/members/{owner}")]
    [InlineData("DELETE", "/members/{member}")]
    [InlineData("POST", "/transfer", "{\"userId\":\"{member}\"}")]
    [InlineData("GET", "/invitations")]
    [InlineData("POST", "/invitations", "{\"email\":\"mallory@example.com\"}")]
    [InlineData("POST", "/end")]
    public async Task Another_organization_is_not_there(string method, string path, string? body = null)
    {
        var (ours, theirs) = (await side.CrewAsync("Ours"), await side.CrewAsync("Theirs"));
        var member = await theirs.JoinedAsync("developer");
        string Fill(string text) => text.Replace("{owner}", theirs.Owner.Id, StringComparison.Ordinal).Replace("{member}", member.Id, StringComparison.Ordinal);
        var json = body is null ? (object?)null : System.Text.Json.JsonDocument.Parse(Fill(body)).RootElement;

        foreach (var caller in new[] { ours.Owner.Api, ours.Key, (await ours.JoinedAsync("auditor")).Api })
        {
            (await caller.SendAsync(new HttpMethod(method), theirs.Path + Fill(path), json)).Is(HttpStatusCode.NotFound, "not_found");
        }

        Assert.Equal("Theirs", (await theirs.Key.GetAsync(theirs.Path)).Json.GetProperty("name").GetString());
        Assert.Equal(2, (await theirs.Key.GetAsync(theirs.Path + "/members")).Json.GetProperty("meta").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Another_organizations_members_and_invitations_cannot_be_named_in_ones_own()
    {
        var (ours, theirs) = (await side.CrewAsync("Ours"), await side.CrewAsync("Theirs"));
        var invited = (await theirs.Key.PostAsync(theirs.Path + "/invitations", new { email = "guest@example.com" })).Json.GetProperty("invitation").GetProperty("id").GetString();

        (await ours.Owner.Api.PatchAsync($"{ours.Path}/members/{theirs.Owner.Id}", new { role = "auditor" })).Is(HttpStatusCode.NotFound, "not_found");
        (await ours.Owner.Api.DeleteAsync($"{ours.Path}/members/{theirs.Owner.Id}")).Is(HttpStatusCode.NotFound, "not_found");
        (await ours.Owner.Api.DeleteAsync($"{ours.Path}/invitations/{invited}")).Is(HttpStatusCode.NotFound, "not_found");
        (await ours.Owner.Api.PostAsync(ours.Path + "/transfer", new { userId = theirs.Owner.Id })).Is(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(1, (await theirs.Key.GetAsync(theirs.Path + "/invitations")).Json.GetProperty("meta").GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("GET", "", "auditor")]
    [InlineData("GET", "/members", "auditor")]
    [InlineData("GET", "/invitations", "auditor")]
    [InlineData("PATCH", "", "admin", "{\"name\":\"Renamed\"}")]
    [InlineData("PATCH", "/members/{member}", "admin", "{\"role\":\"auditor\"}")]
    [InlineData("DELETE", "/members/{member}", "admin")]
    [InlineData("POST", "/invitations", "admin", "{\"email\":\"guest@example.com\"}")]
    [InlineData("DELETE", "/invitations/{invitation}", "admin")]
    [InlineData("POST", "/transfer", "owner", "{\"userId\":\"{member}\"}")]
    [InlineData("POST", "/end", "owner")]
    [InlineData("DELETE", "", "owner")]
    public async Task Each_route_asks_for_its_role(string method, string path, string least, string? body = null)
    {
        string[] roles = ["auditor", "developer", "admin", "owner"];
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("developer");
        var invited = (await crew.Key.PostAsync(crew.Path + "/invitations", new { email = "waiting@example.com" })).Json.GetProperty("invitation").GetProperty("id").GetString();
        string Fill(string text) => text.Replace("{member}", member.Id, StringComparison.Ordinal).Replace("{invitation}", invited, StringComparison.Ordinal);
        var json = body is null ? (object?)null : System.Text.Json.JsonDocument.Parse(Fill(body)).RootElement;

        foreach (var role in roles.TakeWhile(role => role != least))
        {
            var caller = await crew.MemberAsync(role);
            (await caller.Api.SendAsync(new HttpMethod(method), crew.Path + Fill(path), json)).Is(HttpStatusCode.Forbidden, "role");
        }

        var allowed = await crew.MemberAsync(least);
        var answer = await allowed.Api.SendAsync(new HttpMethod(method), crew.Path + Fill(path), json);
        Assert.True((int)answer.Status is >= 200 and < 300, answer.Text);
    }

    [Fact]
    public async Task A_key_cannot_do_what_takes_the_owner_in_person()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");

        (await crew.Key.PostAsync(crew.Path + "/transfer", new { userId = member.Id })).Is(HttpStatusCode.Forbidden, "role");
        (await crew.Key.PostAsync(crew.Path + "/end")).Is(HttpStatusCode.Forbidden, "role");
        (await crew.Key.DeleteAsync(crew.Path)).Is(HttpStatusCode.Forbidden, "role");
        (await crew.Key.GetAsync("/organizations")).Is(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_browser_session_needs_no_header_where_the_path_names_the_organization()
    {
        var (first, second) = (await side.CrewAsync("One"), await side.CrewAsync("Two"));
        var token = await second.InviteAsync(first.Owner.Email);
        (await first.Owner.Api.PostAsync("/invitations/accept", new { token })).Is(HttpStatusCode.OK);
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(first.Owner.Email, Rest.Password);

        foreach (var (path, name) in new[] { (first.Path, "One"), (second.Path, "Two") })
        {
            await browser.GoAsync("/api/v1" + path);
            Assert.Contains($"\"name\":\"{name}\"", await browser.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await browser.GoAsync("/api/v1" + (await side.CrewAsync("Three")).Path);
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
    }

    [Fact]
    public async Task Ending_everything_of_an_organization_ends_the_sign_ins_for_it_and_spares_the_others()
    {
        var (crew, other) = (await side.CrewAsync(), await side.CrewAsync());
        (await crew.Owner.Api.PostAsync(crew.Path + "/end", new { before = side.Server.Clock.Now.AddMinutes(1) })).Is(HttpStatusCode.BadRequest, "invalid_request");
        (await crew.Owner.Api.PostAsync(crew.Path + "/end", new { before = side.Server.Clock.Now.AddHours(-1) })).Is(HttpStatusCode.NoContent);
        (await crew.Owner.Api.GetAsync(crew.Path)).Is(HttpStatusCode.OK);
        (await crew.Owner.Api.PostAsync(crew.Path + "/end")).Is(HttpStatusCode.NoContent);

        (await crew.Owner.Api.GetAsync(crew.Path)).Is(HttpStatusCode.Unauthorized);
        (await other.Owner.Api.GetAsync(other.Path)).Is(HttpStatusCode.OK);
        (await crew.Key.GetAsync(crew.Path)).Is(HttpStatusCode.OK);
        Assert.Contains(await side.Server.TrailAsync(AuditEventTypes.TokenRevoked), row => row.Target == crew.Id && row.Reason == "end_everything");
    }

    [Fact]
    public async Task A_closed_organizations_APIs_are_gone_with_their_clients_and_their_URLs_are_free()
    {
        var (crew, next) = (await side.CrewAsync(), await side.CrewAsync());
        var url = $"https://{Guid.NewGuid():N}.example";
        var api = (await crew.Key.PostAsync("/resources", new { url })).Is(HttpStatusCode.Created).Json;
        var (clientId, secret) = (api.GetProperty("clientId").GetString()!, api.GetProperty("clientSecret").GetString());
        using (var alive = await Flows.PostAsync(side.Server, "/connect/introspect", clientId, secret, ("token", "nothing")))
        {
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }

        (await crew.Owner.Api.DeleteAsync(crew.Path)).Is(HttpStatusCode.NoContent);

        using var dead = await Flows.PostAsync(side.Server, "/connect/introspect", clientId, secret, ("token", "nothing"));
        await Flows.AssertErrorAsync(dead, 401, "invalid_client");
        Assert.False(await side.Server.QueryAsync(context => context.Applications.AnyAsync(row => row.ClientId == clientId)));
        (await next.Key.PostAsync("/resources", new { url })).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_closed_organization_is_gone_with_its_keys_members_and_invitations()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");
        var token = await crew.InviteAsync("late@example.com");
        var agent = (await crew.Key.PostAsync("/agents", OrganizationSide.Agent(("redirectUris", null)))).Is(HttpStatusCode.Created).Json;
        var (clientId, secret) = (agent.GetProperty("clientId").GetString()!, agent.GetProperty("clientSecret").GetString());
        using (var alive = await Flows.TokenAsync(side.Server, clientId, secret, ("grant_type", "client_credentials")))
        {
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }

        (await crew.Owner.Api.DeleteAsync(crew.Path)).Is(HttpStatusCode.NoContent);

        using var dead = await Flows.TokenAsync(side.Server, clientId, secret, ("grant_type", "client_credentials"));
        Assert.Equal(HttpStatusCode.Unauthorized, dead.StatusCode);
        (await crew.Key.GetAsync(crew.Path)).Is(HttpStatusCode.Unauthorized);
        (await member.Api.GetAsync(crew.Path)).Is(HttpStatusCode.Unauthorized);
        var late = await side.PersonAsync("late@example.com");
        (await late.Api.PostAsync("/invitations/accept", new { token })).Is(HttpStatusCode.NotFound, "invitation_not_good");
        var owner = await crew.Owner.SignInAsync();
        Assert.Empty((await owner.Api.GetAsync("/organizations")).Json.GetProperty("data").EnumerateArray());
        (await owner.Api.DeleteAsync("/users/" + owner.Id, new { password = Rest.Password })).Is(HttpStatusCode.NoContent);
    }
}
