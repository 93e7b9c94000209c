using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;

namespace AuthServer.Endpoints;

/// <summary>An authorization request that waits for a person, found again by its id.</summary>
public sealed record Interaction(StoredAuthorizationRequest Stored, AuthorizeRequest Request)
{
    /// <summary>Where a page that has saved its fact sends the browser.</summary>
    public string ContinueAt => $"{Routes.Authorize}?request_id={Stored.Id}";
}
