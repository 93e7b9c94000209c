using System.Text.Json;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Connections;

/// <summary>All that is set of a connection but its secret: what versions keep, what is exported, and what is compared.</summary>
[SnakeCase]
public sealed record ConnectionSnapshot
{
    public string Name { get; init; } = "";

    public string? Description { get; init; }

    public string? Environment { get; init; }

    public ConnectionStatus Status { get; init; }

    public string? ClientId { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public ConnectionSettings Settings { get; init; } = new();

    public ConnectionAccess Access { get; init; } = new();

    public bool IsDefault { get; init; }

    public bool AllowRawTokens { get; init; }

    public ReturnCheck ReturnCheck { get; init; }

    public int? RotationDays { get; init; }

    public DateTimeOffset? RotationDueAt { get; init; }

    public static ConnectionSnapshot Of(Connection row) => new()
    {
        Name = row.Name,
        Description = row.Description,
        Environment = row.Environment,
        Status = row.Status,
        ClientId = row.ClientId,
        Scopes = row.ReadScopes(),
        Settings = row.ReadSettings(),
        Access = row.ReadAccess(),
        IsDefault = row.IsDefault,
        AllowRawTokens = row.AllowsRawTokens,
        ReturnCheck = row.ReturnCheck,
        RotationDays = row.RotationDays,
        RotationDueAt = row.RotationDueAt,
    };

    public static ConnectionSnapshot Read(string json) => JsonSerializer.Deserialize<ConnectionSnapshot>(json, ApiJson.Options) ?? new();

    public string Write() => JsonSerializer.Serialize(this, ApiJson.Options);

    /// <summary>What differs, by its path, in the order of the paths.</summary>
    public static IReadOnlyList<ConnectionDifference> Compare(ConnectionSnapshot before, ConnectionSnapshot after)
    {
        var (old, present) = (before.Flatten(), after.Flatten());
        return
        [
            .. old.Keys.Union(present.Keys).Order(StringComparer.Ordinal)
                .Where(path => !old.TryGetValue(path, out var one) || !present.TryGetValue(path, out var other) || !JsonElement.DeepEquals(one, other))
                .Select(path => new ConnectionDifference(
                    path, old.TryGetValue(path, out var one) ? one : null, present.TryGetValue(path, out var other) ? other : null)),
        ];
    }

    private Dictionary<string, JsonElement> Flatten()
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        Flatten(JsonSerializer.SerializeToElement(this, ApiJson.Options), "", values);
        return values;
    }

    private static void Flatten(JsonElement json, string path, Dictionary<string, JsonElement> values)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            values[path] = json;
            return;
        }

        foreach (var member in json.EnumerateObject())
        {
            Flatten(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", values);
        }
    }
}

/// <summary>One value that is not what it was.</summary>
/// <param name="Before">Null: it was not set.</param>
/// <param name="After">Null: it is not set any more.</param>
[SnakeCase]
public sealed record ConnectionDifference(string Path, JsonElement? Before, JsonElement? After);
