namespace AuthServer.Agents.Credentials;

/// <summary>AgentAuth's kinds of credentials. One is made here; of the others it is said where they are, or why there are none.</summary>
internal static class CredentialTypes
{
    public const string ApiKey = "api_key";

    public static IReadOnlyList<string> All { get; } = [ApiKey, "client_secret", "mtls_cert", "bootstrap"];

    /// <param name="type">Null: an API key.</param>
    public static string? Refuse(string? type) => type switch
    {
        null or ApiKey => null,
        "client_secret" => "An agent's client secret is replaced with POST /api/v1/agents/{id}/rotate-secret.",
        "mtls_cert" => "Certificates are not taken. Register a public key with PUT /api/v1/agents/{id}/jwks: the agent then signs, and its tokens can be bound to the key.",
        "bootstrap" => "A first credential comes with its agent: POST /api/v1/agents/bootstrap, or /quickstart.",
        _ => $"Use one of: {string.Join(", ", All)}.",
    };
}
