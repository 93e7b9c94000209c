using System.Text.RegularExpressions;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>A provider's addresses with the values of fields in them. A value is checked again where it is used: it never leaves its place.</summary>
public static partial class FilledAddress
{
    /// <summary>The values of a connection, with the defaults; null: one that is required is missing, or one does not fit.</summary>
    public static IReadOnlyDictionary<string, string>? ReadFields(Provider provider, ConnectionSettings settings)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (var field in provider.Fields.Where(field => !field.IsOfAccount))
        {
            var value = Said(settings, field.Name) is { Length: > 0 } said ? said : field.Default;
            if (value is null ? field.Required : FieldValues.Refuse(field, value) is not null)
            {
                return null;
            }

            if (value is not null)
            {
                values[field.Name] = value;
            }
        }

        return values;
    }

    /// <summary>The version has a setting of its own, which says it for every provider that has one.</summary>
    private static string? Said(ConnectionSettings settings, string name) =>
        name == ConnectionField.ApiVersion && settings.ApiVersion is { } version ? version : settings.Fields.GetValueOrDefault(name);

    /// <summary>Null: a value is missing, or would lead elsewhere.</summary>
    public static string? Of(Provider provider, string url, Func<string, string?> value)
    {
        var inHost = Placeholders.OfHost(url).ToHashSet(StringComparer.Ordinal);
        return Placeholders.FillUrl(url, name => value(name) is { } found && Stays(found, inHost.Contains(name) ? provider.Field(name) : null, inHost.Contains(name)) ? found : null);
    }

    private static bool Stays(string value, ConnectionField? field, bool inHost) =>
        !inHost ? value.Trim('.').Length > 0
        : field?.Kind is FieldKind.Host or FieldKind.Url || Label().IsMatch(value);

    [GeneratedRegex(@"\A[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?\z")]
    private static partial Regex Label();
}
