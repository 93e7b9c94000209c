using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Consents;

/// <summary><c>/api/v1/users/{id}/consents</c>: only for that person.</summary>
internal static class ConsentsApi
{
    public static void MapConsents(this RouteGroupBuilder api)
    {
        var consents = api.MapGroup("/users/{id}/consents").WithTags("Users");
        consents.MapGet("", async Task<Answer<Page<PersonalConsent>>> (Person person, string id, Paging paging, PersonalConsents consents, CancellationToken ct) =>
            {
                if (Identifiers.Read("usr_", id) != person.UserId)
                {
                    return Problem.NotFound;
                }

                var found = await consents.ListAsync(person.UserId, ct);
                return new Page<PersonalConsent>([.. found.Skip(paging.Offset).Take(paging.Limit)], new PageMeta(found.Count, paging.Limit, paging.Offset));
            })
            .WithName("listConsents")
            .WithSummary("What agents and applications may do for the person now.");
        consents.MapPost("/{consentId}/revoke", async Task<Answer<NoContent>> (Person person, string id, string consentId, PersonalConsents consents, HttpContext http, CancellationToken ct) =>
                Identifiers.Read("usr_", id) == person.UserId ? await consents.RevokeAsync(http, person.UserId, consentId, ct) : Problem.NotFound)
            .WithName("revokeConsent")
            .WithSummary("Take a consent back: every token of it is dead at once.");
    }
}
