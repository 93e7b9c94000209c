using System.CommandLine;
using AuthServer.Data;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Configuration;

/// <summary><c>tokens end ID</c>: the operator's way to end everything of a person, an agent, an organization or a client.</summary>
internal static class TokenCommands
{
    /// <param name="services">The server's services with the database ready; the host need not run.</param>
    public static Command Create(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var subject = new Argument<string>("id") { Description = "A person (usr_…), an agent (agt_…), an organization (acct_…) or a client id." };
        var before = new Option<DateTimeOffset?>("--before") { Description = "Only what began at or before this moment; without it, everything until now." };
        var end = new Command("end", "Ends every session and token of one of them. A running server hears of it within seconds.") { subject, before };
        end.SetAction(async (parsed, ct) =>
        {
            var provider = await services(ct);
            var now = provider.GetRequiredService<TimeProvider>().GetUtcNow();
            var (id, moment) = (parsed.GetRequiredValue(subject), parsed.GetValue(before)?.ToUniversalTime() ?? now);
            if (moment > now)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("--before must be a time that has passed.");
                return 1;
            }

            if (await FindAsync(provider, id, ct) is not { } about)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"There is no person, agent, organization or client {id}.");
                return 1;
            }

            var why = Starting.Event(AuditEventTypes.TokenRevoked, now) with
            {
                ClientId = about.ClientId,
                AgentId = about.AgentId,
                OrganizationId = about.OrganizationId,
                Target = id,
                Reason = "end_everything",
                CorrelationId = "command",
            };
            await provider.GetRequiredService<ITokenFamilies>().EndSubjectAsync(id, moment, why, ct);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"Everything of {id} that began by {moment:u} has ended.");
            return 0;
        });
        return new Command("tokens", "Tokens and sessions.") { end };
    }

    /// <summary>Whom an event about this id concerns; null where there is nobody with it.</summary>
    private static async Task<Concerned?> FindAsync(IServiceProvider services, string id, CancellationToken ct)
    {
        await using var context = await services.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync(ct);
        if (await context.Users.AnyAsync(user => user.Id == id, ct))
        {
            return new Concerned(null, null, null);
        }

        if (await context.Organizations.AnyAsync(organization => organization.Id == id, ct))
        {
            return new Concerned(null, null, id);
        }

        return await (
            from application in context.Applications
            join agent in context.Agents on application.Id equals agent.ApplicationId into agents
            from agent in agents.DefaultIfEmpty()
            where application.ClientId == id || agent.Id == id
            select new Concerned(application.ClientId, agent.Id, agent.OrganizationId)).FirstOrDefaultAsync(ct);
    }

    private sealed record Concerned(string? ClientId, string? AgentId, string? OrganizationId);
}
