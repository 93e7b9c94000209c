namespace AuthServer.ExternalSignIn;

/// <summary>A way to a provider and back that has begun: kept in the browser, sealed.</summary>
/// <param name="IsNew">Whether a new sign-in was asked for there.</param>
/// <param name="UserId">Who wants to link what it brings; null: somebody wants to sign in.</param>
/// <param name="SessionId">In which session.</param>
/// <param name="Carried">What the person came for, by its names in addresses.</param>
public sealed record ExternalFlow(
    string Provider,
    string State,
    string Nonce,
    string Verifier,
    bool IsNew,
    string? UserId,
    string? SessionId,
    IReadOnlyDictionary<string, string> Carried,
    DateTimeOffset BegunAt)
{
    public override string ToString() => $"ExternalFlow {Provider} (redacted)";
}
