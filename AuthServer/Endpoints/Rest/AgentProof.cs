namespace AuthServer.Endpoints.Rest;

/// <summary>Which agent sends a body, and by what it proves that. Holds secrets, so it is no record, which would print them.</summary>
public abstract class AgentProof
{
    /// <summary>The agent's client id, <c>agc_…</c>.</summary>
    public string? ClientId { get; set; }

    public string? ClientSecret { get; set; }

    /// <summary>In place of a secret, of an agent that has keys: a JWT that it signed (RFC 7523 §2.2).</summary>
    public string? ClientAssertion { get; set; }

    /// <summary><c>urn:ietf:params:oauth:client-assertion-type:jwt-bearer</c>, with the assertion.</summary>
    public string? ClientAssertionType { get; set; }

    internal bool HasProof => ClientSecret is not null || ClientAssertion is not null;

    /// <summary>The same as the token endpoint's parameters.</summary>
    internal (string Name, string? Value)[] Proof =>
        [("client_id", ClientId), ("client_secret", ClientSecret), ("client_assertion", ClientAssertion), ("client_assertion_type", ClientAssertionType)];
}
