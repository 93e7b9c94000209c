namespace AuthServer.Accounts;

/// <summary>Leave to make one account.</summary>
/// <param name="Id">Remembered once used.</param>
/// <param name="Email">The only address it is for; null: any.</param>
/// <param name="Administrator">The set-up link of a new server, good only while there is no administrator.</param>
public sealed record Invitation(string Id, string? Email, bool Administrator, DateTimeOffset ExpiresAt)
{
    /// <summary><c>usr_…</c>: the administrator who gave it, and without whom it is not good. Null: the server's own command did.</summary>
    public string? GivenBy { get; init; }
}
