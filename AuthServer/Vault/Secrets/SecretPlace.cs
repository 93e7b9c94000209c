namespace AuthServer.Vault.Secrets;

/// <summary>Where a sealed value stands: it opens nowhere else, so that a row that was copied or a column that was swapped gives nothing away.</summary>
/// <param name="Id">The row's.</param>
public readonly record struct SecretPlace(string Table, string Column, string Id)
{
    public override string ToString() => $"{Table}.{Column}:{Id}";
}
