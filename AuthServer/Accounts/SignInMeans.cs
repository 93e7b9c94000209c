using AuthServer.Accounts.Strong;

namespace AuthServer.Accounts;

/// <summary>By what somebody signs in.</summary>
/// <param name="Word">One stable word for the trail.</param>
/// <param name="Acr">Which authentication context that reaches.</param>
/// <param name="Amr">RFC 8176's words; none for what it has none for, such as another provider's word.</param>
public sealed record SignInMeans(string Word, string Acr, IReadOnlyList<string> Amr)
{
    public static SignInMeans Password { get; } = new("password", Protocol.Authorize.Acr.Password, ["pwd"]);

    /// <summary>A second factor after the password, or after another provider's word.</summary>
    public static SignInMeans Of(SecondFactor factor, string? provider = null)
    {
        var (word, method) = factor switch
        {
            SecondFactor.Code => ("code", "otp"),

            // RFC 8176 has no word for a code from a list; that there were two factors is true.
            _ => ("recovery_code", (string?)null),
        };
        string?[] amr = [provider is null ? "pwd" : null, method, "mfa"];
        return new SignInMeans($"{(provider is null ? "password" : "external")}+{word}", Protocol.Authorize.Acr.TwoFactors, [.. amr.OfType<string>()])
        {
            Provider = provider,
        };
    }

    /// <summary>When they last showed that it is them; null: just now.</summary>
    public DateTimeOffset? ShownAt { get; init; }

    /// <summary>Which other provider vouches for them; null: they signed in here.</summary>
    public string? Provider { get; init; }

    /// <summary>The account there that is linked to them.</summary>
    public string? ExternalLoginId { get; init; }
}
