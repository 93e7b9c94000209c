using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>RFC 7662: <c>POST /connect/introspect</c>. Only for clients that prove who they are, and only about tokens that concern them.</summary>
public sealed class IntrospectEndpoint(
    ClientAuthentication authentication,
    PreAuthenticationLimit limit,
    TokenIntrospection introspection,
    RefusalTrail refusals)
{
    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        if ((await RequestForm.ReadOfClientAsync(http.Request, ct)).Failed(out var error, out var form))
        {
            await OAuthResponse.WriteErrorAsync(http, limit.Refuse(http, error));
            return;
        }

        if ((await authentication.AuthenticateAsync(http, form, ct)).Failed(out error, out var client))
        {
            await OAuthResponse.WriteErrorAsync(http, error);
            return;
        }

        if (Check(client, form) is { } refused)
        {
            await refusals.AppendAsync(http, client, refused, "introspection", ct);
            await OAuthResponse.WriteErrorAsync(http, client.IsPublic ? limit.Refuse(http, refused) : refused);
            return;
        }

        // RFC 7662 §2.2: whatever is wrong with the token, the answer says only that it is not active.
        await OAuthResponse.WriteAsync(http, StatusCodes.Status200OK, await introspection.FindAsync(client, form["token"]!, ct), static (json, found) => found.WriteTo(json));
    }

    // RFC 7662 §2.1: a public client proves nothing, and could scan for tokens.
    private static OAuthError? Check(Client client, Parameters form) => client.IsPublic
        ? OAuthError.InvalidClient("public_client")
        : form["token"] is null ? OAuthError.InvalidRequest("token is missing.") : null;
}
