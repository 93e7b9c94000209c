using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>How its API is called by keys that people made there.</summary>
[SnakeCase]
public sealed record ApiKeyRules
{
    /// <summary>What the key is made of.</summary>
    public IReadOnlyList<KeyField> Fields { get; init; } = [];

    /// <summary>Where its parts go in a call.</summary>
    public IReadOnlyList<CredentialPlace> Credential { get; init; } = [];

    /// <summary>Null: <see cref="ApiRules.BaseUrl"/>.</summary>
    public string? BaseUrl { get; init; }

    public TestRules Test { get; init; } = new();

    public KeyField? Field(string name) => Fields.FirstOrDefault(field => field.Name == name);
}

/// <summary>One part of an API key.</summary>
[SnakeCase]
public sealed record KeyField
{
    public string Name { get; init; } = "";

    public string Label { get; init; } = "";

    /// <summary>Where it is found, in one sentence.</summary>
    public string? Help { get; init; }

    /// <summary>A regular expression that is found in its value: mostly how it begins.</summary>
    public string? Pattern { get; init; }

    /// <summary>A regular expression of values that belong elsewhere.</summary>
    public string? RefusedPattern { get; init; }

    /// <summary>Whether it is never shown again.</summary>
    public bool Secret { get; init; } = true;
}

/// <summary>What a connection says of the provider, or what is learned when an account is linked.</summary>
[SnakeCase]
public sealed record ConnectionField
{
    /// <summary>The name of the field that a connection's setting of the same name says.</summary>
    public const string ApiVersion = "api_version";

    public string Name { get; init; } = "";

    public string Label { get; init; } = "";

    public string? Help { get; init; }

    public FieldKind Kind { get; init; }

    /// <summary>A regular expression of its whole value. None of a text in a host goes further than the host.</summary>
    public string? Pattern { get; init; }

    /// <summary>The value where none is given.</summary>
    public string? Default { get; init; }

    /// <summary>The values that there are; without any, all that fit.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Whether it needs a value; one with a default has it.</summary>
    public bool Required { get; init; }

    /// <summary>Of a host or URL: where it may lead, names or <c>*.example.com</c>; without any, wherever a request may go at all.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Null: the connection says it. Else it is the account's, and comes from here.</summary>
    public FieldSource? From { get; init; }

    /// <summary>Whether it is learned when an account is linked.</summary>
    internal bool IsOfAccount => From is not null;
}

public enum FieldKind
{
    Text,

    /// <summary>A host's name, with a port where it is not 443.</summary>
    Host,

    /// <summary>An https address without query and fragment, no slash at its end.</summary>
    Url,
}

/// <summary>Where an account's field comes from: the token answer, or a call whose answer may offer several.</summary>
[SnakeCase]
public sealed record FieldSource
{
    /// <summary>In the token answer.</summary>
    public string? TokenPath { get; init; }

    public ProviderCall? Call { get; init; }

    /// <summary>The values, in the call's answer.</summary>
    public string? ValuePath { get; init; }

    /// <summary>What people call them, in the same order.</summary>
    public string? LabelPath { get; init; }
}
