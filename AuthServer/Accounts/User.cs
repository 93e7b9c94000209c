using AuthServer.Protocol;
using Microsoft.AspNetCore.Identity;

namespace AuthServer.Accounts;

/// <summary>A person, <c>usr_…</c>.</summary>
public sealed class User : IdentityUser
{
    public string? Name { get; set; }

    public string? GivenName { get; set; }

    public string? FamilyName { get; set; }

    public string? Picture { get; set; }

    /// <summary>BCP 47.</summary>
    public string? Locale { get; set; }

    /// <summary>OIDC Core §5.1.1, a JSON object.</summary>
    public string? Address { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public bool IsAdministrator { get; set; }

    /// <summary>A disabled person cannot sign in.</summary>
    public bool Disabled { get; set; }

    /// <summary>Who made the account where it was not the person: <c>configuration</c> or <c>demo</c>.</summary>
    public string? Source { get; set; }

    /// <summary>A new person, whose user name is the e-mail address. The store normalizes both.</summary>
    public static User Create(string email, string? name, DateTimeOffset now) => new()
    {
        Id = Identifiers.New("usr_", now),
        UserName = email,
        Email = email,
        Name = name,
        CreatedAt = now,
        UpdatedAt = now,
    };
}
