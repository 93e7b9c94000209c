namespace AuthServer.Accounts;

/// <summary>A program at a place from which a person signed in through the API.</summary>
public sealed class ApiDevice
{
    public string UserId { get; set; } = "";

    /// <summary>See <see cref="ApiDevices"/>.</summary>
    public string Hash { get; set; } = "";

    public DateTimeOffset ExpiresAt { get; set; }
}
