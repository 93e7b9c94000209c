namespace AuthServer.Accounts.Strong;

/// <summary>Somebody who has shown one factor and must show another. It lies in their browser, sealed.</summary>
/// <param name="Id">Used up by the sign-in that it becomes.</param>
/// <param name="Stamp">The person's security stamp: a password that is changed meanwhile ends it.</param>
/// <param name="Provider">Which other provider vouches for them; null: they typed their password.</param>
/// <param name="ExternalLoginId">The account there that is linked to them.</param>
/// <param name="ShownAt">When they signed in there; null: just now.</param>
public sealed record PendingSignIn(string Id, string UserId, string Stamp, string? Provider, string? ExternalLoginId, DateTimeOffset? ShownAt, DateTimeOffset ExpiresAt)
{
    /// <summary>What the sign-in has reached with the second factor.</summary>
    public SignInMeans With(SecondFactor factor) => SignInMeans.Of(factor, Provider) with { ShownAt = ShownAt, ExternalLoginId = ExternalLoginId };
}
