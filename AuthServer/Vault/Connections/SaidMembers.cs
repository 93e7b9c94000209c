using System.Runtime.CompilerServices;

namespace AuthServer.Vault.Connections;

/// <summary>A request that tells what was left out, which stays, from what is null, which is taken away.</summary>
public abstract class SaidMembers
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <param name="member">By its name in C#.</param>
    public bool Says(string member) => _said.Contains(member);

    protected T Say<T>(T value, [CallerMemberName] string member = "")
    {
        _said.Add(member);
        return value;
    }
}
