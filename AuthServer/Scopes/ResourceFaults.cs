using AuthServer.Languages;

namespace AuthServer.Scopes;

/// <summary>What is wrong with what an organization says of its API, by field.</summary>
internal sealed class ResourceFaults
{
    private const int MostScopes = 200;
    private const int MostIntrospectors = 50;

    /// <summary>For programs; a page has a page to send people to.</summary>
    public static readonly Sentence NoSuchScope = "There is no such scope. Define your own with POST /api/v1/scopes first.";

    private readonly Dictionary<string, Sentence[]> _faults = [];

    public IReadOnlyDictionary<string, Sentence[]> All => _faults;

    public void Add(string field, Sentence sentence) => _faults[field] = [sentence];

    public void CheckName(string? displayName)
    {
        if (displayName is not null && ScopeRules.Faults(null, displayName, null, null).Count > 0)
        {
            Add("displayName", "Use 1 to 100 visible characters.");
        }
    }

    /// <summary>Only what people can be told about; a wildcard would say nothing to them.</summary>
    public void CheckScopes(IReadOnlyList<string>? scopes, KnownScopes known)
    {
        if (scopes?.Count > MostScopes)
        {
            Add("scopes", $"Name at most {MostScopes} scopes.");
            return;
        }

        for (var i = 0; i < scopes?.Count; i++)
        {
            if (scopes[i] is not { } scope || known.Find(scope) is null)
            {
                Add($"scopes[{i}]", NoSuchScope);
            }
        }
    }

    public void CheckIntrospectors(IReadOnlyList<string>? clientIds)
    {
        if (clientIds?.Count > MostIntrospectors)
        {
            Add("introspectors", $"Name at most {MostIntrospectors} clients.");
        }
    }
}
