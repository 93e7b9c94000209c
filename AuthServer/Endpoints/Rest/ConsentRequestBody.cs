namespace AuthServer.Endpoints.Rest;

/// <summary>What an agent asks a person for. Its proof is optional: who gives one is spared the limits for strangers.</summary>
public sealed class ConsentRequestBody : AgentProof
{
    public List<string>? RequestedScopes { get; set; }

    /// <summary>Those among the requested scopes that the person cannot leave out; without it, none.</summary>
    public List<string>? RequiredScopes { get; set; }

    /// <summary>One of the agent's registered redirect URIs.</summary>
    public string? RedirectUri { get; set; }

    /// <summary>The only person who may answer, <c>usr_…</c>; without it, whoever opens the link.</summary>
    public string? UserId { get; set; }

    /// <summary>Comes back with the answer.</summary>
    public string? State { get; set; }

    /// <summary>RFC 7636, S256; once given, the exchange needs the verifier.</summary>
    public string? CodeChallenge { get; set; }

    /// <summary>RFC 8707: the protected APIs that the tokens are for.</summary>
    public List<string>? Resources { get; set; }
}

/// <summary>Which of the requested scopes a person grants; without it, all.</summary>
public sealed class ConsentApprovalBody
{
    public List<string>? Scopes { get; set; }
}
