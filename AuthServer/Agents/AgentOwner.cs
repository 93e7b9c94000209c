using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>The person who answers for an agent: a member of its organization.</summary>
internal static class AgentOwner
{
    /// <param name="named">Null: whoever calls.</param>
    public static async Task<string> ReadAsync(AuthDbContext context, Developer developer, string? named, Faults faults, CancellationToken ct)
    {
        var owner = named is null ? developer.UserId : Identifiers.Read("usr_", named);
        faults.Add("ownerId", owner == developer.UserId
            || (owner is not null && await context.Members.AnyAsync(member => member.OrganizationId == developer.OrganizationId && member.UserId == owner, ct))
                ? null
                : "There is no such member in this organization.");
        return owner ?? developer.UserId;
    }
}
