using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>What an account can be asked for.</summary>
[SnakeCase]
public sealed record ScopeRules
{
    /// <summary>Whether the authorization request names them. Else the app's registration says what is asked for.</summary>
    public bool Sent { get; init; } = true;

    public string Separator { get; init; } = " ";

    /// <summary>Between those of an answer.</summary>
    public string AnswerSeparator { get; init; } = " ";

    /// <summary>What a scope's short name leaves out at its beginning.</summary>
    public string? Prefix { get; init; }

    /// <summary>Parameters for scopes of another kind, and in words what kind.</summary>
    public IReadOnlyDictionary<string, string> ExtraParameters { get; init; } = Empty.Map;

    /// <summary>Asked for where a connection does not say.</summary>
    public IReadOnlyList<string> Default { get; init; } = [];

    /// <summary>Needed to learn who the person is.</summary>
    public IReadOnlyList<string> Identity { get; init; } = [];

    /// <summary>Those that are described here; a connection may ask for others.</summary>
    public IReadOnlyList<ProviderScope> Known { get; init; } = [];

    public ScopePresets Presets { get; init; } = new();

    /// <summary>As the provider spells it: <c>calendar.readonly</c> is <c>https://www.googleapis.com/auth/calendar.readonly</c>.</summary>
    public string Full(string name) => Prefix is null || name.Contains(':', StringComparison.Ordinal) || Known.Any(known => known.Name == name) ? name : Prefix + name;

    /// <summary>As people write it.</summary>
    public string Short(string name) =>
        Prefix is not null && name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length > Prefix.Length ? name[Prefix.Length..] : name;

    /// <summary>In plain words, by either spelling; null: nobody has described it.</summary>
    public ProviderScope? Find(string name)
    {
        var full = Full(name);
        return Known.FirstOrDefault(known => known.Name == full);
    }
}

/// <summary>A scope in plain words.</summary>
[SnakeCase]
public sealed record ProviderScope
{
    public string Name { get; init; } = "";

    /// <summary>What it allows, as the end of the sentence "It may …".</summary>
    public string Words { get; init; } = "";

    public ScopeAccess Access { get; init; }

    /// <summary>The parameter that asks for it. Null: the usual one.</summary>
    public string? Parameter { get; init; }

    /// <summary>Whether the provider, or its customer's administrator, looks at apps that ask for it before people may agree.</summary>
    public bool Reviewed { get; init; }
}

public enum ScopeAccess
{
    Read,
    Write,
    Admin,
}

/// <summary>Lists of scopes to begin with.</summary>
[SnakeCase]
public sealed record ScopePresets
{
    public IReadOnlyList<string> ReadOnly { get; init; } = [];

    public IReadOnlyList<string> ReadWrite { get; init; } = [];

    public IReadOnlyList<string> Admin { get; init; } = [];

    /// <summary>For one kind of data each.</summary>
    public IReadOnlyList<ScopePreset> Specific { get; init; } = [];
}

[SnakeCase]
public sealed record ScopePreset
{
    public string Name { get; init; } = "";

    public string Label { get; init; } = "";

    public IReadOnlyList<string> Scopes { get; init; } = [];
}
