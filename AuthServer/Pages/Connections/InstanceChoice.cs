using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Connections;

/// <summary>Fields of an account to choose values for.</summary>
/// <param name="Current">What is chosen by now, by the fields' names.</param>
public sealed record InstanceChoice(Provider Provider, IReadOnlyList<OfferedField> Offered, IReadOnlyDictionary<string, string> Current)
{
    private const string Prefix = "of_";

    /// <summary>The form field of one.</summary>
    public static string NameOf(OfferedField field) => Prefix + field.Name;

    /// <summary>What was chosen, by the fields' names.</summary>
    public static IReadOnlyDictionary<string, string> Read(IFormCollection form) => form
        .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal) && pair.Value.Count == 1)
        .ToDictionary(pair => pair.Key[Prefix.Length..], pair => pair.Value.ToString(), StringComparer.Ordinal);
}
