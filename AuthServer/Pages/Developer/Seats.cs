using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer.Former;
using Microsoft.AspNetCore.Http;
using Caller = AuthServer.Http.Api.Developer;

namespace AuthServer.Pages.Developer;

/// <summary>A member of an organization in front of one of its pages.</summary>
public sealed record Seat(Caller Member, NamedMembership Organization)
{
    public bool IsDeveloper => Member.Role >= Role.Developer;

    public bool IsAdmin => Member.Role >= Role.Admin;

    /// <summary>Why they may not do what only others do.</summary>
    /// <param name="least">The role that it needs.</param>
    internal Problem Refusal(Role least) => Organization.IsSuspended ? Callers.Suspended : Problem.Forbidden("role", least switch
    {
        Role.Owner => "Only the owner does this.",
        Role.Admin => "This needs the role of an admin.",
        _ => "This needs the role of a developer.",
    });
}

/// <summary>In which organizations whoever is signed in has a seat.</summary>
public sealed class Seats(SignedInReader signedIn, Memberships memberships, FormerMemberships former)
{
    /// <summary>Null: nobody is signed in.</summary>
    public async Task<IReadOnlyList<Seat>?> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(http, ct) is not { } reader)
        {
            return null;
        }

        var (userId, all) = (reader.Person.Subject, await memberships.NamedAsync(reader.Person.Subject, ct));
        return [.. all.Select(one => new Seat(new Caller(one.OrganizationId, userId, one.Role, null), one))];
    }

    /// <summary>Where they had one.</summary>
    public async Task<IReadOnlyList<FormerMembership>> ReadFormerAsync(HttpContext http, CancellationToken ct) =>
        await signedIn.ReadAsync(http, ct) is { } reader ? await former.OfAsync(reader.Person.Subject, ct) : [];
}
