namespace AuthServer.Protocol.Grants;

/// <summary>One grant type. It finds and checks; it never authenticates the client, mints a JWT or writes an answer.</summary>
public interface IGrant
{
    /// <summary>The wire's <c>grant_type</c>.</summary>
    string Type { get; }

    Task<Result<Granted>> RedeemAsync(TokenRequest request, CancellationToken ct);
}
