using System.Text.Json;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>From JSON to a provider, strictly: unknown members, members twice, values of another kind and nulls are faults, each told by its path.</summary>
public static class ProviderReading
{
    /// <summary>Null, with the fault told, where the document has not the form. What it says is not looked at yet: see <see cref="ProviderCheck"/>.</summary>
    public static Provider? Read(JsonElement json, Faults faults)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add("provider", "Give a JSON object.");
            return null;
        }

        if (!TellNulls(json, "", faults))
        {
            return null;
        }

        try
        {
            return json.Deserialize<Provider>(ApiJson.Requests)!.WithAuthTypes();
        }
        catch (JsonException e)
        {
            // The reader's own message can repeat what was sent.
            faults.Add(e.Path is { Length: > 2 } path ? path[2..] : "provider", "This member is not known here, or its value is not of the kind that it takes.");
            return null;
        }
    }

    /// <summary>False where there are any. What is not said is left out, so that no list or text of ours is ever null.</summary>
    private static bool TellNulls(JsonElement json, string path, Faults faults)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Null:
                faults.Add(path, "Leave it out instead of giving null.");
                return false;
            case JsonValueKind.Object:
                return json.EnumerateObject().Aggregate(true, (sound, member) => TellNulls(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", faults) && sound);
            case JsonValueKind.Array:
                return json.EnumerateArray().Index().Aggregate(true, (sound, element) => TellNulls(element.Item, $"{path}[{element.Index}]", faults) && sound);
            default:
                return true;
        }
    }
}
