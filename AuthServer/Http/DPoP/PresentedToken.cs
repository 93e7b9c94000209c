using AuthServer.Jose;
using AuthServer.Protocol;

namespace AuthServer.Http.DPoP;

/// <summary>What became of the access token that a request presented to a resource of ours.</summary>
/// <param name="Token">As presented.</param>
/// <param name="Claims">Those of a token that is alive and, where it is bound to a key, proven; null: it is refused.</param>
/// <param name="Error">Why it is refused; null: it is not.</param>
public sealed record PresentedToken(string Token, JwtClaims? Claims, OAuthError? Error);
