using System.Net;
using AuthServer.Organizations;
using AuthServer.Protocol.Tokens;
using AuthServer.Protocol;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Organizations;

public sealed class MembersApiTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Fact]
    public async Task A_member_who_is_removed_is_out_at_once_with_their_keys_and_the_invitations_they_gave()
    {
        var crew = await side.CrewAsync();
        var admin = await crew.JoinedAsync("admin");
        var key = (await admin.Api.PostAsync("/developers/api-keys", new { name = "Mine", role = "admin" })).Is(HttpStatusCode.Created).Json.GetProperty("apiKey").GetString();
        using var theirs = side.Nobody.As(key);
        var token = (await admin.Api.PostAsync(crew.Path + "/invitations", new { email = "back-door@example.com", role = "admin" })).Is(HttpStatusCode.Created)
            .Json.GetProperty("token").GetString();
        (await theirs.GetAsync(crew.Path)).Is(HttpStatusCode.OK);
        (await crew.Owner.Api.DeleteAsync($"{crew.Path}/members/{admin.Id}")).Is(HttpStatusCode.NoContent);

        (await admin.Api.GetAsync(crew.Path)).Is(HttpStatusCode.Forbidden, "no_member");
        (await theirs.GetAsync(crew.Path)).Is(HttpStatusCode.Unauthorized);
        var backDoor = await side.PersonAsync("back-door@example.com");
        (await backDoor.Api.PostAsync("/invitations/accept", new { token })).Is(HttpStatusCode.NotFound, "invitation_not_good");
        (await crew.Key.GetAsync(crew.Path)).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_owner_answers_for_the_agents_of_somebody_who_is_gone(bool removesTheirAccount)
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("developer");
        var agent = (await member.Api.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString();
        var before = (await crew.Key.GetAsync("/agents/" + agent)).Is(HttpStatusCode.OK);
        Assert.Equal(member.Id, before.Json.GetProperty("ownerId").GetString());
        (await (removesTheirAccount
            ? member.Api.DeleteAsync("/users/" + member.Id, new { password = Rest.Password })
            : member.Api.DeleteAsync($"{crew.Path}/members/{member.Id}"))).Is(HttpStatusCode.NoContent);

        var after = (await crew.Key.GetAsync("/agents/" + agent)).Is(HttpStatusCode.OK);
        Assert.Equal(crew.Owner.Id, after.Json.GetProperty("ownerId").GetString());
        Assert.NotEqual(before.Response.Headers.ETag, after.Response.Headers.ETag);
    }

    [Fact]
    public async Task A_lower_role_counts_at_once_and_ends_the_keys_above_it()
    {
        var crew = await side.CrewAsync();
        var admin = await crew.JoinedAsync("admin");
        async Task<Rest> KeyAsync(string role) =>
            side.Nobody.As((await admin.Api.PostAsync("/developers/api-keys", new { name = role, role })).Json.GetProperty("apiKey").GetString());
        using var high = await KeyAsync("admin");
        using var low = await KeyAsync("developer");
        (await crew.Owner.Api.PatchAsync($"{crew.Path}/members/{admin.Id}", new { role = "developer" })).Is(HttpStatusCode.OK);

        (await admin.Api.PostAsync(crew.Path + "/invitations", new { email = "x@example.com" })).Is(HttpStatusCode.Forbidden, "role");
        (await high.GetAsync(crew.Path)).Is(HttpStatusCode.Unauthorized);
        (await low.GetAsync(crew.Path)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nobody_gives_a_role_above_their_own_and_nobody_touches_the_owner()
    {
        var crew = await side.CrewAsync();
        var (admin, member) = (await crew.JoinedAsync("admin"), await crew.JoinedAsync("developer"));
        foreach (var caller in new[] { admin.Api, crew.Key, crew.Owner.Api })
        {
            (await caller.PatchAsync($"{crew.Path}/members/{crew.Owner.Id}", new { role = "auditor" })).Is(HttpStatusCode.Conflict, "owner");
            (await caller.DeleteAsync($"{crew.Path}/members/{crew.Owner.Id}")).Is(HttpStatusCode.Conflict, "owner");
            (await caller.PatchAsync($"{crew.Path}/members/{member.Id}", new { role = "owner" })).Is(HttpStatusCode.BadRequest, "invalid_request");
            (await caller.PostAsync(crew.Path + "/invitations", new { email = "x@example.com", role = "owner" })).Is(HttpStatusCode.BadRequest, "invalid_request");
        }

        (await member.Api.PatchAsync($"{crew.Path}/members/{member.Id}", new { role = "admin" })).Is(HttpStatusCode.Forbidden, "role");
        (await admin.Api.PatchAsync($"{crew.Path}/members/{admin.Id}", new { role = "auditor" })).Is(HttpStatusCode.OK);
        (await admin.Api.PatchAsync($"{crew.Path}/members/{admin.Id}", new { role = "admin" })).Is(HttpStatusCode.Forbidden, "role");
    }

    [Fact]
    public async Task A_member_leaves_by_themselves_and_a_key_of_theirs_removes_nobody()
    {
        var crew = await side.CrewAsync();
        var (member, other) = (await crew.JoinedAsync("developer"), await crew.JoinedAsync("auditor"));
        var made = await crew.Key.PostAsync("/developers/api-keys", new { name = "Low", role = "auditor" });
        using var key = side.Nobody.As(made.Json.GetProperty("apiKey").GetString());

        (await member.Api.DeleteAsync($"{crew.Path}/members/{other.Id}")).Is(HttpStatusCode.Forbidden, "role");
        (await key.DeleteAsync($"{crew.Path}/members/{crew.Owner.Id}")).Is(HttpStatusCode.Forbidden, "role");
        (await member.Api.DeleteAsync($"{crew.Path}/members/{member.Id}")).Is(HttpStatusCode.NoContent);
        (await member.Api.GetAsync(crew.Path)).Is(HttpStatusCode.Forbidden, "no_member");
        (await other.Api.DeleteAsync($"{crew.Path}/members/{other.Id}")).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_transfer_makes_another_the_owner_and_the_owner_an_admin()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("auditor");
        (await crew.Owner.Api.PostAsync(crew.Path + "/transfer", new { userId = crew.Owner.Id })).Is(HttpStatusCode.BadRequest, "invalid_request");
        (await crew.Owner.Api.PostAsync(crew.Path + "/transfer", new { userId = member.Id })).Is(HttpStatusCode.OK);

        var roles = (await crew.Key.GetAsync(crew.Path + "/members")).Json.GetProperty("data").EnumerateArray()
            .ToDictionary(one => one.GetProperty("userId").GetString()!, one => one.GetProperty("role").GetString());
        Assert.Equal("owner", roles[member.Id]);
        Assert.Equal("admin", roles[crew.Owner.Id]);
        (await crew.Owner.Api.PostAsync(crew.Path + "/transfer", new { userId = member.Id })).Is(HttpStatusCode.Forbidden, "role");
        Assert.Contains(await side.Server.TrailAsync("organization.transferred"), row => row.Target == member.Id && row.Subject == crew.Owner.Id);
    }

    [Fact]
    public async Task A_transfer_takes_a_sign_in_of_less_than_five_minutes()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(5));

        (await crew.Owner.Api.PostAsync(crew.Path + "/transfer", new { userId = member.Id })).Is(HttpStatusCode.Forbidden, "sign_in_again");
        (await crew.Owner.Api.DeleteAsync(crew.Path)).Is(HttpStatusCode.Forbidden, "sign_in_again");
        var again = await crew.Owner.SignInAsync(crew.Id);
        (await again.Api.PostAsync(crew.Path + "/transfer", new { userId = member.Id })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_invitation_is_for_one_person_and_once()
    {
        var crew = await side.CrewAsync();
        var (guest, mallory) = (await side.PersonAsync(), await side.PersonAsync());
        var made = (await crew.Key.PostAsync(crew.Path + "/invitations", new { email = guest.Email.ToUpperInvariant(), role = "auditor" })).Is(HttpStatusCode.Created).Json;
        var token = made.GetProperty("token").GetString();
        Assert.Equal($"{side.Server.Issuer}/register?join={token}", made.GetProperty("link").GetString());
        var list = await crew.Key.GetAsync(crew.Path + "/invitations");
        Assert.DoesNotContain(token!, list.Text, StringComparison.Ordinal);
        Assert.Single(list.Json.GetProperty("data").EnumerateArray());

        (await mallory.Api.PostAsync("/invitations/accept", new { token })).Is(HttpStatusCode.NotFound, "invitation_not_good");
        (await guest.Api.PostAsync("/invitations/accept", new { token = token + "x" })).Is(HttpStatusCode.NotFound, "invitation_not_good");
        var joined = (await guest.Api.PostAsync("/invitations/accept", new { token })).Is(HttpStatusCode.OK).Json;
        Assert.Equal((crew.Id, "auditor"), (joined.GetProperty("id").GetString(), joined.GetProperty("role").GetString()));
        (await guest.Api.PostAsync("/invitations/accept", new { token })).Is(HttpStatusCode.NotFound, "invitation_not_good");
        Assert.Empty((await crew.Key.GetAsync(crew.Path + "/invitations")).Json.GetProperty("data").EnumerateArray());
        (await crew.Key.PostAsync(crew.Path + "/invitations", new { email = guest.Email })).Is(HttpStatusCode.Conflict, "member");
        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains(token!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_one_addresss_invitations_the_newest_is_good_and_none_outlasts_a_removal()
    {
        var crew = await side.CrewAsync();
        var guest = await side.PersonAsync();
        var (higher, lower) = (await crew.InviteAsync(guest.Email, "admin"), await crew.InviteAsync(guest.Email.ToUpperInvariant(), "auditor"));
        Assert.Single((await crew.Key.GetAsync(crew.Path + "/invitations")).Json.GetProperty("data").EnumerateArray());
        (await guest.Api.PostAsync("/invitations/accept", new { token = higher })).Is(HttpStatusCode.NotFound, "invitation_not_good");
        var joined = (await guest.Api.PostAsync("/invitations/accept", new { token = lower })).Is(HttpStatusCode.OK).Json;
        Assert.Equal("auditor", joined.GetProperty("role").GetString());

        // One that somebody gave at the moment that they joined.
        var late = await side.Server.QueryAsync(async context =>
        {
            var token = Handle.New();
            var known = await context.OrganizationInvitations.AsNoTracking().FirstAsync(row => row.OrganizationId == crew.Id);
            context.OrganizationInvitations.Add(new OrganizationInvitation
            {
                Id = Identifiers.New("inv_", side.Server.Clock.Now),
                OrganizationId = crew.Id,
                Email = guest.Email.ToLowerInvariant(),
                Role = Role.Admin,
                TokenHash = Handle.ReferenceId(token),
                InvitedBy = known.InvitedBy,
                CreatedAt = side.Server.Clock.Now,
                ExpiresAt = side.Server.Clock.Now.AddDays(7),
            });
            await context.SaveChangesAsync();
            return token;
        });
        (await crew.Key.DeleteAsync($"{crew.Path}/members/{guest.Id}")).Is(HttpStatusCode.NoContent);
        (await guest.Api.PostAsync("/invitations/accept", new { token = late })).Is(HttpStatusCode.NotFound, "invitation_not_good");
    }

    [Fact]
    public async Task An_invitation_ends_when_it_is_taken_back_and_after_seven_days()
    {
        var crew = await side.CrewAsync();
        var guest = await side.PersonAsync();
        var revoked = (await crew.Key.PostAsync(crew.Path + "/invitations", new { email = guest.Email })).Json;
        var path = $"{crew.Path}/invitations/{revoked.GetProperty("invitation").GetProperty("id").GetString()}";
        (await crew.Key.DeleteAsync(path)).Is(HttpStatusCode.NoContent);
        (await crew.Key.DeleteAsync(path)).Is(HttpStatusCode.NotFound, "not_found");
        (await guest.Api.PostAsync("/invitations/accept", new { token = revoked.GetProperty("token").GetString() })).Is(HttpStatusCode.NotFound, "invitation_not_good");

        var token = await crew.InviteAsync(guest.Email);
        side.Server.Clock.Advance(TimeSpan.FromDays(7));
        guest = await guest.SignInAsync();
        (await guest.Api.PostAsync("/invitations/accept", new { token })).Is(HttpStatusCode.NotFound, "invitation_not_good");
    }

    [Fact]
    public async Task Many_who_accept_one_invitation_at_once_join_once()
    {
        var crew = await side.CrewAsync();
        var guest = await side.PersonAsync();
        var token = await crew.InviteAsync(guest.Email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => guest.Api.PostAsync("/invitations/accept", new { token })));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.NotFound or HttpStatusCode.Conflict, answer.Text));
        Assert.Single(await side.Server.TrailAsync("member.added"), row => row.Subject == guest.Id);
    }
}
