namespace AuthServer.Protocol.Grants;

/// <summary>RFC 8693 §4.4: whoever gets a token of a person says by <c>requested_actor</c> which agent may act with it later. The token names that one, and
/// is good for no exchange but that agent's; it gives the agent nothing that the person does not.</summary>
public static class LaterActor
{
    public static async ValueTask<Result<Granted>> NameAsync(TokenRequest request, Granted granted, CancellationToken ct)
    {
        if (request.Form["requested_actor"] is not { } named || named == granted.Agent?.Id)
        {
            return granted;
        }

        // Where an agent acts already, it delegates; and where no person is, nobody acts for one.
        if (granted.Agent is not null || Identifiers.ToUuid("usr_", granted.Subject) is null)
        {
            return OAuthError.InvalidRequest("requested_actor is for tokens of people in which no agent acts.", "requested_actor_not_for_this");
        }

        return await request.FindAgentAsync(named, ct) is { Agent: { } agent }
            ? granted with { MayAct = agent.Id }
            : OAuthError.InvalidRequest("The requested_actor is no agent that may act.", "requested_actor_not_active");
    }
}
