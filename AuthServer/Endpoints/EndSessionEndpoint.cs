using AuthServer.Accounts;
using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>OIDC RP-Initiated Logout: <c>GET</c> and <c>POST /connect/endsession</c>. Without proof that the client speaks for
/// this very session, a person confirms on a page: else any site could sign people out.</summary>
public sealed class EndSessionEndpoint(
    AuthorizeRequests requests, ApplicationDirectory applications, SignInSessions sessions, PreAuthenticationLimit limit)
{
    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        OAuthResponse.NoStore(http.Response);
        var read = HttpMethods.IsPost(http.Request.Method) ? await RequestForm.ReadAsync(http.Request, ct) : RequestForm.Query(http);
        if (read.Failed(out var error, out var parameters) || (error = parameters.Duplicate is null ? null : Refused) is not null)
        {
            DisplayedError.Show(http, limit.Refuse(http, error));
            return;
        }

        var hint = parameters["id_token_hint"] is { } token ? requests.SubjectOf(token, parameters["client_id"]) : null;
        var clientId = parameters["client_id"] ?? hint?.ClientId;
        if ((parameters.Has("id_token_hint") && hint is null)
            || (await TargetAsync(clientId, parameters["post_logout_redirect_uri"], parameters["state"], ct)).Failed(out error, out var target))
        {
            DisplayedError.Show(http, limit.Refuse(http, Refused));
            return;
        }

        var person = await sessions.ReadAsync(http);
        if (person is null)
        {
            if (!CrossSitePost.AskAgain(http, Routes.EndSession, parameters))
            {
                SeeOther.To(http, target.Location);
            }
        }
        else if (hint is { SessionId: { } sid } && sid == person.SessionId && hint.Subject == person.Subject)
        {
            await sessions.EndAsync(http, person, clientId, ct);
            SeeOther.To(http, target.Location);
        }
        else
        {
            SeeOther.To(http, target.ConfirmAt);
        }
    }

    /// <summary>Where to go after signing out. An address that is not registered for the client is refused on a page, never followed.</summary>
    public async Task<Result<LogoutTarget>> TargetAsync(string? clientId, string? uri, string? state, CancellationToken ct)
    {
        var client = await applications.FindAsync(clientId, ct);
        if (clientId is not null && client is null)
        {
            return Refused;
        }

        if (uri is null)
        {
            return new LogoutTarget(client, null, null);
        }

        return client is not null && client.PostLogoutRedirectUris.Any(registered => RedirectUris.Matches(registered, uri))
            ? new LogoutTarget(client, uri, state)
            : Refused;
    }

    private static OAuthError Refused { get; } =
        OAuthError.InvalidRequest("The application's sign-out request is not valid. You are still signed in here.", "end_session");
}
