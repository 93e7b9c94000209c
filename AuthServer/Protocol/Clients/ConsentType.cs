namespace AuthServer.Protocol.Clients;

/// <summary>Whether people are asked, in OpenIddict's words.</summary>
public enum ConsentType
{
    /// <summary>Asked once, then remembered.</summary>
    Explicit,

    /// <summary>Asked every time.</summary>
    Systematic,

    /// <summary>Never asked: the operator consents for everybody.</summary>
    Implicit,

    /// <summary>Granted elsewhere: refused when there is no grant yet.</summary>
    External,
}
