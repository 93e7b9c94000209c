using System.Text.Json;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>One thing that agents can do at a provider: what they are told of it, and the call that it is. Arguments stand as <c>{name}</c> in path, query and body.</summary>
[SnakeCase]
public sealed record ProviderTool
{
    /// <summary>Lower-case letters, digits and <c>_</c>; unique within its provider.</summary>
    public string Name { get; init; } = "";

    /// <summary>For people.</summary>
    public string Title { get; init; } = "";

    /// <summary>For models: what it does, and when to use it.</summary>
    public string Description { get; init; } = "";

    /// <summary>JSON Schema 2020-12 of the arguments: an object, by the keywords of <see cref="ToolSchema"/>.</summary>
    public JsonElement InputSchema { get; init; }

    public ToolEffect Effect { get; init; }

    public string Method { get; init; } = "GET";

    /// <summary>Behind the API's base address. An argument in it fills one segment, and no more.</summary>
    public string Path { get; init; } = "";

    /// <summary>A parameter whose argument is not given is left out.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = Empty.Map;

    /// <summary>JSON, filled by <see cref="Tools.ToolBody"/>; null: the call has none.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>Any of them suffices; none: every account can do it.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

public enum ToolEffect
{
    /// <summary>Changes nothing.</summary>
    Read,

    /// <summary>Adds or changes something; once more does it once more.</summary>
    Write,

    /// <summary>The same, but once more changes nothing more.</summary>
    IdempotentWrite,

    /// <summary>Takes something away.</summary>
    Destructive,
}
