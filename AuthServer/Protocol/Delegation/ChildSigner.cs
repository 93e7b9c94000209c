namespace AuthServer.Protocol.Delegation;

/// <summary>Who may have signed the tokens below the root, which is always the authorization server's.</summary>
public enum ChildSigner
{
    /// <summary>The default: the authorization server, which vouches for every hop.</summary>
    Issuer,

    /// <summary>The authorization server, or the agent that hands on, with the key that its own token confirms.</summary>
    Either,

    /// <summary>The agent that hands on, at every hop: nobody was given anything that its delegator did not sign for (delegator-bound chains).</summary>
    Delegator,
}
