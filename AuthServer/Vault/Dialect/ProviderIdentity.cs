using System.Text.Json;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>Whose account it is at the provider.</summary>
/// <param name="Key">What tells two accounts apart there, never reused; null: the provider does not say.</param>
/// <param name="Name">As people know it: an address or a name.</param>
public sealed record ProviderIdentity(string? Key, string? Name)
{
    private const int LongestKey = 500;
    private const int LongestName = 200;

    public static ProviderIdentity Unknown { get; } = new(null, null);

    /// <param name="token">The token answer.</param>
    /// <param name="call">The identity call's; null: there was none.</param>
    public static ProviderIdentity Of(ProviderApp app, JsonElement? token, JsonElement? call, TokenSet tokens)
    {
        var rules = app.OAuth.Identity;
        var claims = TokenReading.ClaimsOf(ValuePath.FindText(token, app.OAuth.Token.Answer.IdToken));
        var key = Joined(claims, rules.AccountKey.IdToken) ?? Joined(token, rules.AccountKey.Token) ?? Joined(call, rules.AccountKey.Call);
        if (key is not null && rules.AccountKey.Fields.Count > 0)
        {
            key = string.Join(':', rules.AccountKey.Fields.Select(name => app.Fields.GetValueOrDefault(name) ?? tokens.Fields?.GetValueOrDefault(name) ?? "").Append(key));
        }

        var name = ValuePath.FindText(call, rules.EmailPath) ?? ValuePath.FindText(call, rules.NamePath) ?? ValuePath.FindText(claims, "email") ?? ValuePath.FindText(claims, "name")
            ?? ValuePath.FindText(call, rules.OrganizationPath);
        return new ProviderIdentity(key is { Length: <= LongestKey } ? key : null, Shown(name));
    }

    // Each part, or none of it: half a key could be somebody else's.
    private static string? Joined(JsonElement? answer, IReadOnlyList<string> paths)
    {
        if (answer is null || paths.Count == 0)
        {
            return null;
        }

        var parts = paths.Select(path => ValuePath.FindText(answer, path)).ToList();
        return parts.TrueForAll(part => part is { Length: > 0 }) ? string.Join(':', parts) : null;
    }

    private static string? Shown(string? name) =>
        string.IsNullOrWhiteSpace(name) ? null : new string([.. name.Trim().Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(LongestName)]);
}
