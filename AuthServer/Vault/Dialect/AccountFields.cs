using System.Text.Json;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>What is learned of an account when it is linked: fields in the token answer, or in that of a call. What leads elsewhere than the definition allows is refused.</summary>
public static class AccountFields
{
    /// <summary>Adds what the token answer says to what is known already.</summary>
    /// <param name="fields">Null: there is none.</param>
    public static ProviderFault? OfToken(Provider provider, JsonElement answer, IReadOnlyDictionary<string, string>? known, out IReadOnlyDictionary<string, string>? fields)
    {
        fields = known;
        Dictionary<string, string> found = new(known ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var field in provider.Fields.Where(field => field.From?.TokenPath is not null))
        {
            if (ValuePath.FindText(answer, field.From!.TokenPath)?.TrimEnd('/') is not { Length: > 0 } value)
            {
                continue;
            }

            if (FieldValues.Refuse(field, value) is not null)
            {
                return ProviderFaults.BaseRefused;
            }

            found[field.Name] = value;
        }

        fields = found.Count == 0 ? null : found;
        return null;
    }

    /// <summary>The values that a call offers for a field, with what people call them; those that do not fit are left out.</summary>
    public static IReadOnlyList<(string Value, string Label)> OfCall(ConnectionField field, JsonElement? answer)
    {
        var values = ValuePath.FindAll(answer, field.From?.ValuePath);
        var labels = ValuePath.FindAll(answer, field.From?.LabelPath);
        return [.. values.Select((value, i) => (Value: ValuePath.Text(value)?.TrimEnd('/') ?? "", Label: i < labels.Count ? ValuePath.Text(labels[i]) : null))
            .Where(pair => FieldValues.Refuse(field, pair.Value) is null).Select(pair => (pair.Value, pair.Label ?? pair.Value))];
    }
}
