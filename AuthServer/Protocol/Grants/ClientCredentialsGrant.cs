using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>RFC 6749 §4.4: the client acts for itself. No refresh token, no scope about a person.</summary>
public sealed class ClientCredentialsGrant(IAuditTrail trail, IActiveAgents activeAgents) : IGrant
{
    public string Type => GrantTypes.ClientCredentials;

    public Task<Result<Granted>> RedeemAsync(TokenRequest request, CancellationToken ct) => Task.FromResult(Redeem(request));

    private Result<Granted> Redeem(TokenRequest request)
    {
        // RFC 6749 §4.4: confidential clients only; anybody can send a public client's id.
        if (request.Client.IsPublic)
        {
            return OAuthError.UnauthorizedClient("A public client cannot use the client credentials grant.");
        }

        if (Target.Resolve(request.Form, request.Client, request.Resources, request.Scopes, forItself: true).Failed(out var error, out var target))
        {
            return error;
        }

        return new Granted
        {
            // RFC 9068 §2.2: the agent's or the client's own id, which no person's id can equal (persons are usr_…).
            Subject = request.Client.Agent?.Id ?? request.Client.ClientId,
            Agent = request.Client.Agent,
            Scopes = target.Scopes,
            Resources = target.Resources,
            ClaimAsync = (issuance, claimCt) => ClaimAsync(request.Client, issuance, claimCt),
        };
    }

    private async Task<bool> ClaimAsync(Client client, Issuance issuance, CancellationToken ct)
    {
        if (client.Agent is { } agent)
        {
            return await activeAgents.TryIssueAsync(agent, issuance.Event, ct);
        }

        await trail.AppendAsync(issuance.Event, ct);
        return true;
    }
}
