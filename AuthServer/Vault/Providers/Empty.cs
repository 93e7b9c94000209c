using System.Collections.ObjectModel;

namespace AuthServer.Vault.Providers;

/// <summary>What a record holds where nothing is said.</summary>
internal static class Empty
{
    public static IReadOnlyDictionary<string, string> Map { get; } = ReadOnlyDictionary<string, string>.Empty;
}
