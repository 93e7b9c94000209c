namespace AuthServer.Protocol.Authorize;

/// <summary>Who is signed in, in the browser that sends the request.</summary>
/// <param name="Subject"><c>usr_…</c></param>
/// <param name="SessionId">OIDC's <c>sid</c>.</param>
public sealed record SignedInPerson(string Subject, string SessionId, DateTimeOffset AuthTime, string Acr, IReadOnlyList<string> Amr);
