namespace AuthServer.Policies.Engine;

/// <summary>The numbers are stored.</summary>
public enum PolicyEffect
{
    /// <summary>Where it applies, each of its rules must hold. It grants nothing.</summary>
    Allow = 1,

    /// <summary>Where it applies and all its rules hold, the request is denied.</summary>
    Deny = 2,
}
