namespace AuthServer.Protocol.Authorize;

/// <summary>OIDC Core §3.1.2.1 <c>prompt</c>.</summary>
[Flags]
public enum Prompts
{
    Default = 0,
    None = 1,
    Login = 2,
    Consent = 4,
    SelectAccount = 8,
}

public static class PromptValues
{
    private static readonly Dictionary<string, Prompts> Known = new(StringComparer.Ordinal)
    {
        ["none"] = Prompts.None,
        ["login"] = Prompts.Login,
        ["consent"] = Prompts.Consent,
        ["select_account"] = Prompts.SelectAccount,
    };

    public static IReadOnlyCollection<string> All => Known.Keys;

    public static OAuthError? TryParse(string? list, out Prompts prompts)
    {
        prompts = Prompts.Default;
        foreach (var value in (list ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Known.TryGetValue(value, out var prompt))
            {
                return OAuthError.InvalidRequest("The prompt parameter has an unknown value.");
            }

            prompts |= prompt;
        }

        // OIDC Core §3.1.2.1: none stands alone.
        return prompts.HasFlag(Prompts.None) && prompts != Prompts.None
            ? OAuthError.InvalidRequest("prompt=none cannot be combined with another value.")
            : null;
    }
}
