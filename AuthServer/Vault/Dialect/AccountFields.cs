using System.Text.Json;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>What is learned of an account when it is linked: fields in the token answer, or in that of a call. What leads elsewhere than the definition allows is refused.</summary>
public static class AccountFields
{
    private const int MostOffered = 200;
    private const int LongestLabel = 200;

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
    public static IReadOnlyList<OfferedValue> OfCall(ConnectionField field, JsonElement? answer)
    {
        var values = ValuePath.FindAll(answer, field.From?.ValuePath);
        var labels = ValuePath.FindAll(answer, field.From?.LabelPath);
        return
        [
            .. values.Select((value, i) => (Value: ValuePath.Text(value)?.TrimEnd('/') ?? "", Label: i < labels.Count ? ValuePath.Text(labels[i]) : null))
                .Where(pair => FieldValues.Refuse(field, pair.Value) is null).DistinctBy(pair => pair.Value).Take(MostOffered)
                .Select(pair => new OfferedValue(pair.Value, string.IsNullOrWhiteSpace(pair.Label) ? pair.Value : pair.Label[..Math.Min(pair.Label.Length, LongestLabel)])),
        ];
    }

    /// <summary>Tokens that know this of their account.</summary>
    public static TokenSet With(TokenSet tokens, string field, OfferedValue value) => tokens with
    {
        Fields = new Dictionary<string, string>(tokens.Fields ?? new Dictionary<string, string>()) { [field] = value.Value },
        Labels = new Dictionary<string, string>(tokens.Labels ?? new Dictionary<string, string>()) { [field] = value.Label },
    };
}
