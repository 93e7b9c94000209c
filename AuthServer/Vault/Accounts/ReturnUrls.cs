using AuthServer.Vault.Connections;

namespace AuthServer.Vault.Accounts;

/// <summary>Where people may be sent back to in the end: the addresses that a connection lists, each compared exactly.</summary>
public static class ReturnUrls
{
    /// <summary>What is asked for, or the first where nothing is; null: none is registered. False: what is asked for is not among them.</summary>
    public static bool TryChoose(ConnectionSettings settings, string? asked, out string? chosen)
    {
        chosen = asked ?? (settings.ReturnUrls is [var first, ..] ? first : null);
        return chosen is null || settings.ReturnUrls.Contains(chosen, StringComparer.Ordinal);
    }

    /// <summary>The address with an answer in it.</summary>
    public static string With(string address, params IEnumerable<KeyValuePair<string, string?>> answer) =>
        address + (address.Contains('?', StringComparison.Ordinal) ? "&" : "?")
        + string.Join('&', answer.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value!)}"));
}
