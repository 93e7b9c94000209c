using System.Collections.Frozen;
using AuthServer.Protocol.Clients;

namespace AuthServer.Protocol.Tokens;

/// <summary>A protected API that tokens can be made for (RFC 8707).</summary>
/// <param name="Uri">Absolute, without fragment; a path-less one without its trailing slash.</param>
/// <param name="Scopes">The scopes it understands; empty: any.</param>
public sealed record ResourceServer(string Uri, string DisplayName, FrozenSet<string> Scopes)
{
    /// <summary>Whose it is, <c>acct_…</c>; null: the installation's own.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>The resource that it is a part of: who may ask for that may ask for this; null: none.</summary>
    public string? Whole { get; init; }

    /// <summary>Whether it is for every agent, whatever it is registered for.</summary>
    public bool IsForAgents { get; init; }

    /// <summary>Whether it is for every client that introduced itself.</summary>
    public bool IsForIntroduced { get; init; }

    /// <summary>Whether this client may ask for tokens for it: an organization's API is for that organization's agents, one of the installation for
    /// those registered for it.</summary>
    public bool IsFor(Client client) => OrganizationId is { } owner ? owner == client.Agent?.OrganizationId
        : client.Resources.Contains(Uri) || (Whole is { } whole && client.Resources.Contains(whole)) || (IsForAgents && client.Agent is not null) || (IsForIntroduced && client.IntroducedItself);

    /// <summary>The form in which resources are compared. Clients add or drop the slash of a path-less URI; nothing else is forgiven.
    /// Null when it is no absolute URI without fragment (RFC 8707 §2).</summary>
    public static string? Canonical(string uri)
    {
        // A path alone is an absolute file URI to the parser on Unix; a URI begins with its scheme's letter (RFC 3986 §3.1).
        if (uri.Length is 0 or > 400 || !char.IsAsciiLetter(uri[0]) || uri.Contains('#', StringComparison.Ordinal) || !System.Uri.TryCreate(uri, UriKind.Absolute, out var parsed))
        {
            return null;
        }

        return parsed.AbsolutePath == "/" && parsed.Query.Length == 0 ? uri.TrimEnd('/') : uri;
    }
}
