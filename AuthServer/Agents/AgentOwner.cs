using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>The person who answers for an agent: a member of its organization.</summary>
internal static class AgentOwner
{
    /// <param name="named">Null: whoever calls.</param>
    public static async Task<string> ReadAsync(AuthDbContext context, Developer developer, string? named, Faults faults, CancellationToken ct)
    {
        if (named is null || named == developer.UserId)
        {
            return developer.UserId;
        }

        faults.Add("ownerId", await context.Members.AnyAsync(member => member.OrganizationId == developer.OrganizationId && member.UserId == named, ct)
            ? null
            : "There is no such member in this organization.");
        return named;
    }
}
