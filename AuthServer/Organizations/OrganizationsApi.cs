using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Organizations;

internal static class OrganizationsApi
{
    public static void MapOrganizations(this RouteGroupBuilder api)
    {
        var all = api.MapGroup("/organizations").WithTags("Organizations");
        all.MapGet("", (Person person, Paging paging, Organizations organizations, CancellationToken ct) => organizations.ListAsync(person, paging, ct))
            .WithName("listOrganizations").WithSummary("The organizations that the caller is a member of.");
        all.MapPost("", (Body<NewOrganization> body, Person person, Organizations organizations, HttpContext http, CancellationToken ct) =>
                organizations.CreateAsync(http, person, body.Value, ct))
            .Creates().WithName("createOrganization").WithSummary("Make an organization, and be its owner.");
        api.MapPost("/invitations/accept", (Body<InvitationToken> body, Person person, Joining joining, HttpContext http, CancellationToken ct) =>
                joining.AcceptAsync(http, person.UserId, body.Value.Token, ct))
            .WithTags("Organizations").WithName("acceptInvitation").WithSummary("Join an organization by the token of an invitation.");

        api.MapGet("/stats", (Developer developer, OrganizationFigures figures, CancellationToken ct) => figures.CountAsync(developer, ct))
            .WithTags("Organizations").WithName("getStats").WithSummary("How many agents, credentials and delegations there are, and what happened in the last 24 hours.");

        var one = all.MapGroup("/{" + Callers.OrganizationRoute + "}");
        MapOne(one);
        MapMembers(one);
    }

    private static void MapOne(RouteGroupBuilder one)
    {
        one.MapGet("", (Developer developer, Organizations organizations, CancellationToken ct) => organizations.FindAsync(developer, ct))
            .WithName("getOrganization").WithSummary("The organization, with its version as ETag.");
        one.MapPatch("", (Body<OrganizationChange> body, Developer developer, IfMatch match, Organizations organizations, HttpContext http, CancellationToken ct) =>
                organizations.ChangeAsync(http, developer, body.Value, match, ct))
            .Requires(Role.Admin).WithName("changeOrganization").WithSummary("Rename the organization.");
        one.MapPost("/end", (OptionalBody<Ending> body, Developer developer, Organizations organizations, HttpContext http, CancellationToken ct) =>
                organizations.EndAsync(http, developer, body.Value, ct))
            .Requires(Role.Owner).WithName("endOrganizationTokens").WithSummary("End every token of the organization's agents.");
        one.MapDelete("", (Developer developer, Person person, Organizations organizations, HttpContext http, CancellationToken ct) =>
                organizations.CloseAsync(http, developer, person, ct))
            .Requires(Role.Owner).WithName("closeOrganization").WithSummary("Close the organization for good.");
    }

    private static void MapMembers(RouteGroupBuilder one)
    {
        one.MapGet("/members", (Developer developer, Paging paging, OrganizationMembers members, CancellationToken ct) => members.ListAsync(developer, paging, ct))
            .WithName("listMembers").WithSummary("The organization's members.");
        one.MapPatch("/members/{userId}", (string userId, Body<MemberChange> body, Developer developer, OrganizationMembers members, HttpContext http, CancellationToken ct) =>
                members.ChangeAsync(http, developer, userId, body.Value, ct))
            .Requires(Role.Admin).WithName("changeMember").WithSummary("Give a member another role.");
        one.MapDelete("/members/{userId}", (string userId, Developer developer, OrganizationMembers members, HttpContext http, CancellationToken ct) =>
                members.RemoveAsync(http, developer, userId, ct))
            .Requires(Role.Auditor).WithName("removeMember").WithSummary("Remove a member, or leave.");
        one.MapPost("/transfer", (Body<OwnershipTransfer> body, Developer developer, Person person, OrganizationMembers members, HttpContext http, CancellationToken ct) =>
                members.TransferAsync(http, developer, person, body.Value, ct))
            .Requires(Role.Owner).WithName("transferOrganization").WithSummary("Make another member the owner.");
        one.MapGet("/invitations", (Developer developer, Paging paging, OrganizationInvitations invitations, CancellationToken ct) =>
                invitations.ListAsync(developer, paging, ct))
            .WithName("listInvitations").WithSummary("The invitations that wait for an answer, newest first.");
        one.MapPost("/invitations", (Body<NewInvitation> body, Developer developer, OrganizationInvitations invitations, HttpContext http, CancellationToken ct) =>
                invitations.CreateAsync(http, developer, body.Value, ct))
            .Requires(Role.Admin).Creates().WithName("createInvitation").WithSummary("Invite somebody; link and token are shown once.");
        one.MapDelete("/invitations/{id}", (string id, Developer developer, OrganizationInvitations invitations, HttpContext http, CancellationToken ct) =>
                invitations.RevokeAsync(http, developer, id, ct))
            .Requires(Role.Admin).WithName("revokeInvitation").WithSummary("Take an invitation back.");
    }
}
