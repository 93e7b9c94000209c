using AuthServer.Consents;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Pages.Consents;

/// <summary>What the consent page says.</summary>
public sealed record ConsentPage
{
    public required string ClientName { get; init; }

    public required ReturnAddress ReturnTo { get; init; }

    /// <summary>The agent that will act; null where none does.</summary>
    public AgentIntroduction? Agent { get; init; }

    /// <summary>Whether the agent acts through an application that is not the agent itself.</summary>
    public bool ThroughAnother { get; init; }

    /// <summary>Whether somebody vouches for who the client is.</summary>
    public required bool IsAssured { get; init; }

    /// <summary>How the client came to be known.</summary>
    public required ClientIntroduction Introduction { get; init; }

    /// <summary>The host that a client's id is at, and that so vouches for the name; null for any other kind of id.</summary>
    public string? ClientHost { get; init; }

    public required IReadOnlyList<ScopeLine> Scopes { get; init; }

    /// <summary>The protected APIs, by their names; empty: this server's own.</summary>
    public required IReadOnlyList<ResourceServer> Resources { get; init; }

    public required string Lasts { get; init; }

    public required string Remembered { get; init; }

    public required PersonClaims Person { get; init; }

    /// <summary>What the sign-in itself needs, or the agent cannot do without, cannot be unticked.</summary>
    public static bool IsRequired(string scope, StoredAuthorizationRequest request) =>
        scope == ScopeNames.OpenId || request.RequiredScopes?.Contains(scope) == true;

    public static ConsentPage Of(
        AuthorizeRequest request, PersonClaims person, IReadOnlyList<ScopeLine> scopes, IReadOnlyDictionary<string, ResourceServer> resources, AgentIntroduction? agent, bool filed, TimeSpan consent)
    {
        var assured = request.Client.IdentityIsAssured(request.Redirect.Uri);
        return new ConsentPage
        {
            ClientName = Names.Shown(request.Client.DisplayName ?? request.Client.ClientId),
            ReturnTo = ReturnAddress.Of(request.Redirect.Uri),
            Agent = agent,
            ThroughAnother = request.OtherActorId is not null,
            IsAssured = assured,
            Introduction = request.Client.Introduction,
            ClientHost = request.Client.Introduction == ClientIntroduction.Document ? ReturnAddress.Of(request.Client.ClientId).Text : null,
            Scopes = scopes,
            Resources = [.. request.Target.Resources.Select(uri => resources.GetValueOrDefault(uri)).OfType<ResourceServer>()],
            Lasts = Lasting(request.Client.Lifetimes, filed || request.Target.Scopes.Contains(ScopeNames.OfflineAccess)),
            Remembered = assured && request.Client.ConsentType == ConsentType.Explicit
                ? Texts.T("Your answer is remembered for {0}, for this application at this address.", Durations.InWords(consent))
                : Texts.T("Your answer is not remembered: you will be asked each time."),
            Person = person,
        };
    }

    private static string Lasting(TokenLifetimes lifetimes, bool offline) => (Durations.InWords(lifetimes.AccessToken), lifetimes.RefreshIdle) switch
    {
        (var now, _) when !offline => Texts.T("Access lasts {0}.", now),
        (var now, { } idle) => Texts.T(
            "Access lasts {0}. While you are away: up to {1}, or until it has not been used for {2}.", now, Durations.InWords(lifetimes.RefreshAbsolute), Durations.InWords(idle)),
        (var now, null) => Texts.T("Access lasts {0}. While you are away: up to {1}.", now, Durations.InWords(lifetimes.RefreshAbsolute)),
    };
}
