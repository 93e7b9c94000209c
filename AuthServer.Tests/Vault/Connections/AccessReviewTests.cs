using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Usage;
using static AuthServer.Tests.Vault.Connections.ConnectionSide;

namespace AuthServer.Tests.Vault.Connections;

/// <summary>The review of who has access to an organization's connections.</summary>
public sealed class AccessReviewTests(ConnectionSide side) : IClassFixture<ConnectionSide>
{
    [Fact]
    public async Task A_connection_says_what_makes_it_worth_a_closer_look_and_when_it_was_used()
    {
        var gone = await ColleagueWhoLeftAsync();
        var id = Id(await side.CreateAsync(new
        {
            provider = "gmail",
            name = $"Broad {Guid.NewGuid():N}",
            credentials = new { client_id = "a-client-id", client_secret = "a-client-secret-of-them" },
            scopes = "admin",
            allow_raw_tokens = true,
            return_check = "none",
        }));
        Assert.Equal(["every_agent_uses", "raw_tokens", "admin_scopes", "nobody_checked"], Concerns(await ReviewAsync(id)));
        var used = side.Server.Clock.Now.AddDays(-91);
        await side.Server.QueryAsync(async context =>
        {
            (await context.Connections.FindAsync(id))!.Access = $$"""{"use":["{{gone}}"]}""";
            context.ConnectionUsages.Add(new ConnectionUsage { ConnectionId = id, Seconds = 3600, At = used, Calls = 1 });
            return await context.SaveChangesAsync();
        });

        var shown = await ReviewAsync(id);
        Assert.Equal(["raw_tokens", "admin_scopes", "nobody_checked", "names_somebody_gone", "unused"], Concerns(shown));
        Assert.Equal(used, shown.GetProperty("last_used_at").GetDateTimeOffset());
    }

    [Fact]
    public async Task Only_admins_of_the_same_organization_confirm_and_only_the_version_that_they_saw()
    {
        var id = await side.NewAsync();
        foreach (var role in new[] { Role.Auditor, Role.Developer })
        {
            (await side.TryAsync(HttpMethod.Post, Path(id, "/access/review"), by: await side.ColleagueAsync(role))).Is(HttpStatusCode.Forbidden, "role");
        }

        (await side.TryAsync(HttpMethod.Post, Path(id, "/access/review"), by: await OrganizationSide.CreateAsync(side.Server))).Is(HttpStatusCode.NotFound, "not_found");
        (await side.TryAsync(HttpMethod.Post, Path(id, "/access/review"), ifMatch: "\"7\"")).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        Assert.True((await ReviewAsync(id)).GetProperty("review_due").GetBoolean());

        var confirmed = (await side.TryAsync(HttpMethod.Post, Path(id, "/access/review"), ifMatch: "\"1\"")).Is(HttpStatusCode.OK).Json;
        Assert.Equal((false, side.Owner.UserId), (confirmed.GetProperty("review_due").GetBoolean(), confirmed.GetProperty("reviewed_by").GetString()));
        Assert.Single(await side.Server.TrailAsync(ConnectionEvents.AccessReviewed), row => row.Target == id);
        Assert.Equal(1, (await side.Owner.GetAsync(Path(id))).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task A_member_reviews_what_they_may_see()
    {
        var id = await side.NewAsync();
        (await side.PatchAsync(id, new { access = new { view = new[] { "admin" } } })).Is(HttpStatusCode.OK);
        var auditor = await side.ColleagueAsync(Role.Auditor);

        var seen = (await auditor.GetAsync(Route + "/access?limit=200")).GetProperty("data").EnumerateArray().Select(item => item.GetProperty("connection_id").GetString());
        Assert.DoesNotContain(id, seen);
    }

    private async Task<string> ColleagueWhoLeftAsync()
    {
        var colleague = await side.ColleagueAsync(Role.Developer);
        await side.Owner.AskAsync(HttpMethod.Delete, $"/api/v1/organizations/{side.Owner.Id}/members/{colleague.UserId}", null, HttpStatusCode.NoContent);
        return colleague.UserId;
    }

    private async Task<JsonElement> ReviewAsync(string id) =>
        (await side.Owner.GetAsync(Route + "/access?limit=200")).GetProperty("data").EnumerateArray().Single(item => item.GetProperty("connection_id").GetString() == id);

    private static string[] Concerns(JsonElement item) => [.. item.GetProperty("concerns").EnumerateArray().Select(one => one.GetString()!)];
}
