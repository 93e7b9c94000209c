namespace AuthServer.Protocol.Grants;

/// <summary>By which door a token request came: the grants are the same, what goes with them is not.</summary>
public enum TokenDoor
{
    /// <summary><c>/connect/token</c>, by the standards.</summary>
    Standard,

    /// <summary>For the consents that agents file, where a code is proof enough of what was agreed.</summary>
    Consents,

    /// <summary>For agents that act for themselves: an API key gives a refresh token too.</summary>
    Agents,
}
