namespace AuthServer.Accounts;

/// <summary>Somebody has forgotten the password of an account, or says so. It is stored whether or not there is such an account, and looked up afterwards:
/// nothing about the answer can tell.</summary>
public sealed class PasswordRequest
{
    /// <summary><c>pwr_…</c></summary>
    public string Id { get; set; } = "";

    /// <summary>The normalized e-mail address that was typed.</summary>
    public string Account { get; set; } = "";

    /// <summary>Who asked.</summary>
    public string Address { get; set; } = "";

    /// <inheritdoc cref="Address"/>
    public string? UserAgent { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
