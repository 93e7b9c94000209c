using AuthServer.Protocol.Clients;

namespace AuthServer.Protocol.Authorize;

/// <summary>Where an answer may be sent. Only <see cref="Identify"/> makes one, so an error cannot reach an address
/// that was not registered: failing to identify is shown on a page instead (RFC 6749 §4.1.2.1).</summary>
public sealed record RedirectTarget
{
    private RedirectTarget(Client client, string uri, bool named, string? state) =>
        (Client, Uri, UriWasNamed, State) = (client, uri, named, state);

    public Client Client { get; }

    public string Uri { get; }

    /// <summary>Whether the request named it; then the token request must name it again (RFC 6749 §4.1.3).</summary>
    public bool UriWasNamed { get; }

    public string? State { get; }

    /// <param name="client">The client that the request's <c>client_id</c> names; null when there is none.</param>
    public static Result<RedirectTarget> Identify(Parameters request, Client? client)
    {
        if (client is null)
        {
            return OAuthError.InvalidRequest("The application that sent you here is not known to this server.", "unknown_client");
        }

        if (request.Duplicate is "redirect_uri")
        {
            return OAuthError.InvalidRequest("The request names more than one return address.", "redirect_uri");
        }

        var state = request["state"];
        if (request["redirect_uri"] is not { } asked)
        {
            // RFC 6749 §3.1.2.3: it may be left out when exactly one complete URI is registered.
            return client.RedirectUris is [var only] && !request.Has("redirect_uri")
                ? new RedirectTarget(client, only, false, state)
                : OAuthError.InvalidRequest("The request does not say where to return to.", "redirect_uri");
        }

        return client.RedirectUris.Any(registered => RedirectUris.Matches(registered, asked))
            ? new RedirectTarget(client, asked, true, state)
            : OAuthError.InvalidRequest("The return address is not registered for this application.", "redirect_uri");
    }
}
