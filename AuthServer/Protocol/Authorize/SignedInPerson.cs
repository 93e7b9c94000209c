namespace AuthServer.Protocol.Authorize;

/// <summary>Who is signed in, in the browser that sends the request.</summary>
/// <param name="Subject"><c>usr_…</c></param>
/// <param name="SessionId">OIDC's <c>sid</c>.</param>
public sealed record SignedInPerson(string Subject, string SessionId, DateTimeOffset AuthTime, string Acr, IReadOnlyList<string> Amr)
{
    /// <summary>Another provider vouched for them and did not say when they had signed in there.</summary>
    public static readonly DateTimeOffset Never = DateTimeOffset.UnixEpoch;

    /// <summary>When they signed in at the provider that vouched for them; null: <see cref="AuthTime"/> is when they showed that it is them.</summary>
    public DateTimeOffset? ShownElsewhere { get; init; }

    /// <summary>When they last showed that it is them: what asks for a fresh sign-in asks for this.</summary>
    public DateTimeOffset ShownAt => ShownElsewhere ?? AuthTime;
}
