namespace AuthServer.Vault.Secrets;

/// <summary>The generations that are open, between two changes. Immutable.</summary>
internal sealed class VaultKeySet
{
    public static readonly VaultKeySet Empty = new([]);

    private readonly Dictionary<string, byte[]> _keys;

    /// <param name="generations">Oldest first.</param>
    public VaultKeySet(IReadOnlyList<OpenVaultKey> generations)
    {
        _keys = generations.ToDictionary(one => one.Record.Id, one => one.Key, StringComparer.Ordinal);
        Generations = generations;
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<OpenVaultKey> Generations { get; }

    /// <summary>The one that new values are sealed with.</summary>
    /// <exception cref="InvalidOperationException">None is open.</exception>
    public OpenVaultKey Newest => Generations.Count > 0 ? Generations[^1] : throw new InvalidOperationException("The vault's key has not been opened.");

    public byte[]? Find(string id) => _keys.GetValueOrDefault(id);

    public static IReadOnlyList<VaultKeyRecord> Ordered(IEnumerable<VaultKeyRecord> records) =>
        [.. records.OrderBy(row => row.CreatedAt).ThenBy(row => row.Id, StringComparer.Ordinal)];
}

/// <param name="Key">32 bytes in clear.</param>
internal sealed record OpenVaultKey(VaultKeyRecord Record, byte[] Key)
{
    public override string ToString() => $"OpenVaultKey {{ {Record.Id} }}";
}
