using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.AgentSide;
using static AuthServer.Tests.Vault.Connections.ConnectionSide;

namespace AuthServer.Tests.Vault.Connections;

/// <summary>Versions, differences, the way back; export and import.</summary>
public sealed class ConnectionHistoryTests(ConnectionSide side) : IClassFixture<ConnectionSide>
{
    [Fact]
    public async Task Every_change_is_a_version_that_says_what_was_changed_and_never_the_secret()
    {
        var id = await side.NewAsync();
        (await side.PatchAsync(id, new { description = "One", settings = new { timeout = 10 } })).Is(HttpStatusCode.OK);
        (await side.PatchAsync(id, new { credentials = new { client_secret = "another-secret-value" } })).Is(HttpStatusCode.OK);
        (await side.TryAsync(HttpMethod.Post, Path(id, "/deactivate"))).Is(HttpStatusCode.OK);

        var list = await side.Owner.GetAsync(Path(id, "/versions"));
        var versions = list.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal([4, 3, 2, 1], versions.Select(version => version.GetProperty("version").GetInt32()));
        Assert.Equal(["description", "settings.timeout"], versions[2].GetProperty("changed").EnumerateArray().Select(path => path.GetString()));
        Assert.Equal([false, true, false, true], versions.Select(version => version.GetProperty("secret_changed").GetBoolean()));
        Assert.Equal("status", versions[0].GetProperty("changed")[0].GetString());
        Assert.All(versions, version => Assert.Equal(side.Owner.UserId, Text(version, "changed_by")));
        Assert.DoesNotContain("another-secret-value", list.GetRawText(), StringComparison.Ordinal);

        var first = await side.Owner.GetAsync(Path(id, "/versions/1"));
        Assert.Equal(
            ["description", "settings.timeout", "status"], first.GetProperty("differences").EnumerateArray().Select(difference => Text(difference, "path")).Order(StringComparer.Ordinal));
        var two = (await side.Owner.GetAsync(Path(id, "/versions/1?against=2"))).GetProperty("differences").EnumerateArray().Single(one => Text(one, "path") == "settings.timeout");
        Assert.Equal((30, 10), (two.GetProperty("before").GetInt32(), two.GetProperty("after").GetInt32()));
        (await side.TryAsync(HttpMethod.Get, Path(id, "/versions/9"))).Is(HttpStatusCode.NotFound, "not_found");
        (await side.TryAsync(HttpMethod.Get, Path(id, "/versions/1?against=9"))).Is(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task What_was_is_restored_but_the_status_and_the_secret()
    {
        var id = await side.NewAsync(Gmail("Before"));
        (await side.PatchAsync(id, new { name = "After " + id, scopes = "admin", settings = new { timeout = 99, custom = new { a = "b" } }, credentials = new { client_secret = "the-present-secret" } }))
            .Is(HttpStatusCode.OK);
        (await side.TryAsync(HttpMethod.Post, Path(id, "/deactivate"))).Is(HttpStatusCode.OK);

        var restored = (await side.TryAsync(HttpMethod.Post, Path(id, "/versions/1/restore"))).Is(HttpStatusCode.OK).Json;

        Assert.Equal(("Before", "inactive", 4), (Text(restored, "name"), Text(restored, "status"), restored.GetProperty("version").GetInt32()));
        Assert.Equal(Send, restored.GetProperty("scopes")[0].GetString());
        Assert.Equal(30, restored.GetProperty("settings").GetProperty("timeout").GetInt32());
        var connections = side.Server.Services.GetRequiredService<AuthServer.Vault.Connections.Connections>();
        Assert.Equal("the-present-secret", connections.OpenSecret((await connections.FindAsync(side.Owner.Id, id, default))!).ClientSecret);
        var told = Assert.Single(await side.Server.TrailAsync(ConnectionEvents.Restored), row => row.Target == id);
        Assert.Contains("\"restored_version\":1", told.Detail, StringComparison.Ordinal);
        (await side.TryAsync(HttpMethod.Post, Path(id, "/versions/9/restore"))).Is(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task An_API_keys_connection_is_restored_with_the_key_that_it_has()
    {
        var id = await side.NewAsync(new { provider = "openai", name = "Restored model", credentials = new { api_key = "sk-0123456789abcdef" } });
        (await side.PatchAsync(id, new { settings = new { timeout = 5 }, credentials = new { api_key = "sk-fedcba9876543210" } })).Is(HttpStatusCode.OK);

        var restored = (await side.TryAsync(HttpMethod.Post, Path(id, "/versions/1/restore"))).Is(HttpStatusCode.OK).Json;

        Assert.Equal(("active", "3210", 30), (Text(restored, "status"), Text(restored, "secret_last4"), restored.GetProperty("settings").GetProperty("timeout").GetInt32()));
    }

    [Fact]
    public async Task A_developer_restores_no_address_that_only_admins_may_set()
    {
        var id = await side.NewAsync();
        (await side.PatchAsync(id, new { settings = new { token_url = "https://proxy.example/token" } })).Is(HttpStatusCode.OK);
        (await side.PatchAsync(id, new { settings = new { token_url = (string?)null } })).Is(HttpStatusCode.OK);

        (await side.TryAsync(HttpMethod.Post, Path(id, "/versions/2/restore"), by: await side.ColleagueAsync(Role.Developer))).Is(HttpStatusCode.Forbidden, "role");
    }

    [Fact]
    public async Task Old_versions_are_dropped_when_there_are_too_many()
    {
        var id = await side.NewAsync();
        await side.Server.QueryAsync(async context =>
        {
            context.ConnectionVersions.AddRange(Enumerable.Range(2, ConnectionSaves.MostVersions).Select(number => new ConnectionVersion { ConnectionId = id, Number = number, At = side.Server.Clock.Now }));
            await context.SaveChangesAsync();
            return await context.Connections.Where(row => row.Id == id).ExecuteUpdateAsync(row => row.SetProperty(one => one.Version, ConnectionSaves.MostVersions + 1));
        });
        (await side.PatchAsync(id, new { description = "One more" })).Is(HttpStatusCode.OK);

        var left = await side.Server.QueryAsync(context => context.ConnectionVersions.Where(row => row.ConnectionId == id).Select(row => row.Number).ToListAsync());
        Assert.Equal(ConnectionSaves.MostVersions, left.Count);
        Assert.Equal((3, ConnectionSaves.MostVersions + 2), (left.Min(), left.Max()));
    }

    [Fact]
    public async Task An_export_holds_no_secret_and_becomes_a_draft_elsewhere()
    {
        var agent = Text(await side.Owner.RegisterAsync(), "id");
        var id = await side.NewAsync(Gmail("Portable"));
        (await side.PatchAsync(id, new { environment = "production", settings = new { timeout = 12, headers = new { X = "y" } }, access = new { use = new[] { "admin", agent } }, rotation_days = 90 }))
            .Is(HttpStatusCode.OK);
        var file = await side.Owner.GetAsync(Path(id, "/export"));
        Assert.DoesNotContain("your-gmail-client-secret", file.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(agent, file.GetRawText(), StringComparison.Ordinal);

        var other = await OrganizationSide.CreateAsync(side.Server);
        var body = JsonSerializer.Serialize(new { connections = new[] { file } });
        var dry = await other.AskAsync(HttpMethod.Post, Route + "/import?dry_run=true", body);
        Assert.True(dry.GetProperty("dry_run").GetBoolean());
        Assert.Equal("create", Text(dry.GetProperty("data")[0], "action"));
        Assert.Empty(await side.IdsAsync("", other));
        var done = await other.AskAsync(HttpMethod.Post, Route + "/import", body);
        Assert.Equal("create", Text(done.GetProperty("data")[0], "action"));

        var made = await other.GetAsync(Path(Assert.Single(await side.IdsAsync("", other))));
        Assert.Equal(("draft", "Portable", "production"), (Text(made, "status"), Text(made, "name"), Text(made, "environment")));
        Assert.Equal(12, made.GetProperty("settings").GetProperty("timeout").GetInt32());
        Assert.False(made.GetProperty("has_secret").GetBoolean());
        Assert.Equal("none", Text((await other.AskAsync(HttpMethod.Post, Route + "/import", body)).GetProperty("data")[0], "action"));
        var changed = await other.AskAsync(HttpMethod.Post, Route + "/import?dry_run=true", body.Replace("\"timeout\":12", "\"timeout\":13", StringComparison.Ordinal));
        Assert.Equal("update", Text(changed.GetProperty("data")[0], "action"));
        Assert.Equal("settings.timeout", changed.GetProperty("data")[0].GetProperty("changed")[0].GetString());
        Assert.Equal(Id(made), Text(changed.GetProperty("data")[0], "id"));
        Assert.Single(await side.Server.TrailAsync(ConnectionEvents.Imported), row => row.OrganizationId == other.Id);
    }

    [Theory]
    [InlineData("""{"connections":[]}""", "connections")]
    [InlineData("""{}""", "connections")]
    [InlineData("""{"connections":[null]}""", "connections[0]")]
    [InlineData("""{"connections":[{"provider":"nobody","name":"A"}]}""", "connections[0].provider")]
    [InlineData("""{"connections":[{"provider":"gmail","name":"A"},{"provider":"slack","name":"a"}]}""", "connections[1]")]
    [InlineData("""{"connections":[{"provider":"gmail","name":"A","settings":{"timeout":0}}]}""", "connections[0].settings.timeout")]
    [InlineData("""{"connections":[{"provider":"gmail","name":"A","credentials":{"client_secret":"x"}}]}""", "connections[0].credentials")]
    [InlineData("""{"connections":[{"provider":"gmail"}]}""", "connections[0].name")]
    public async Task A_file_that_cannot_be_is_refused_by_its_path_and_nothing_of_the_others_is_done(string body, string path)
    {
        var other = await OrganizationSide.CreateAsync(side.Server);
        var answer = (await side.TryAsync(HttpMethod.Post, Route + "/import", body, other)).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(path, out _), answer.Text);
        Assert.Empty(await side.IdsAsync("", other));
    }
}
