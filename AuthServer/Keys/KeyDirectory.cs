namespace AuthServer.Keys;

/// <summary>The folder with this installation's keys: <c>master.key</c>, <c>signing/KID.key</c> and the data-protection <c>ring/</c>.</summary>
internal sealed class KeyDirectory(KeySettings settings)
{
    public string Root { get; } = Path.GetFullPath(settings.Directory, settings.Home);

    public string MasterKey => Path.Combine(Root, "master.key");

    public string Signing => Path.Combine(Root, "signing");

    public string Ring => Path.Combine(Root, "ring");

    /// <summary>For the first start: makes the folders. One that came with the source is closed to others while it holds no key.</summary>
    public void Create()
    {
        OwnerOnlyFiles.CreateDirectory(Root);
        if (!Files().Any())
        {
            foreach (var directory in Directories())
                OwnerOnlyFiles.Close(directory);
        }
        OwnerOnlyFiles.CreateDirectory(Signing);
        OwnerOnlyFiles.CreateDirectory(Ring);
    }

    /// <summary>A sentence for each folder and key file that others can read.</summary>
    public IEnumerable<string> Faults() => Directories().Concat(Files()).Select(OwnerOnlyFiles.FaultOf).OfType<string>();

    private IEnumerable<string> Directories() => new[] { Root, Signing, Ring }.Where(Directory.Exists);

    private IEnumerable<string> Files()
    {
        var master = File.Exists(MasterKey) ? new[] { MasterKey } : [];
        return master.Concat(new[] { Signing, Ring }.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).Order(StringComparer.Ordinal));
    }
}
