using AuthServer.Consents;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Policies;

/// <summary>What people granted, as rows.</summary>
internal static class People
{
    /// <summary>The authorization's id.</summary>
    public static Task<string> ConsentAsync(TestServer server, string agentId, string userId, params string[] scopes) => server.QueryAsync(async context =>
    {
        var application = (await context.Agents.SingleAsync(agent => agent.Id == agentId)).ApplicationId;
        var id = Identifiers.New("con_", server.Clock.Now);
        context.Authorizations.Add(new OpenIddictAuthorization
        {
            Id = id,
            ApplicationId = application,
            ConcurrencyToken = Guid.NewGuid().ToString(),
            Scopes = System.Text.Json.JsonSerializer.Serialize(scopes),
            Status = "valid",
            Subject = userId,
            Type = "permanent",
        });
        context.Consents.Add(new Consent { AuthorizationId = id, ApplicationId = application, Subject = userId, RedirectHost = "https://yourapp.example" });
        await context.SaveChangesAsync();
        return id;
    });

    public static Task RevokeAsync(TestServer server, string authorizationId) => server.QueryAsync(async context =>
    {
        (await context.Authorizations.SingleAsync(row => row.Id == authorizationId)).Status = "revoked";
        return await context.SaveChangesAsync();
    });
}
