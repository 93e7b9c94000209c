using System.Globalization;
using AuthServer.Applications;

namespace AuthServer.Pages.Developer;

/// <summary>Whether the secret of a client shall be replaced. It carries which one it is about: where that was replaced meanwhile, nothing is done.</summary>
/// <param name="Name">Of the client.</param>
/// <param name="Secrets">Those that are in force, newest first.</param>
/// <param name="Address">Where the yes goes, and the no leads.</param>
public sealed record SecretQuestion(string Name, IReadOnlyList<SecretAnswer> Secrets, string Address)
{
    /// <summary>What else the form says.</summary>
    public (string Name, string Value)? With { get; init; }

    /// <summary>Empty: it has none of those that are made here.</summary>
    public string Replaces => Secrets.FirstOrDefault(secret => secret.ExpiresAt is null)?.Id ?? "";

    /// <summary>Those that were replaced and go on for a while: another replacement ends them.</summary>
    public IEnumerable<SecretAnswer> Ending => Secrets.Where(secret => secret.ExpiresAt is not null);

    /// <summary>What a form says.</summary>
    public static ClientSecretRotation Read(string? overlap, string? replaces) => new()
    {
        OverlapSeconds = int.TryParse(overlap, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0,
        Replaces = replaces ?? "",
    };
}
