using System.Text.Json;
using System.Text.RegularExpressions;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Outbound;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>Writes what was said over a connection and notes everything that is wrong with it. One with faults is not for storing.</summary>
/// <param name="secret">What it proves itself with so far.</param>
internal sealed partial class ConnectionEdit(OutboundClient outbound, Provider provider, ConnectionSecret secret, Faults faults)
{
    public const int LongestName = 200;
    private const int LongestDescription = 2000;
    private const int LongestSecret = 4000;
    private const int LongestClientId = 500;
    private const int MostListed = 100;

    /// <summary>What it proves itself with now.</summary>
    public ConnectionSecret Secret { get; private set; } = secret;

    public bool SecretChanged { get; private set; }

    public void Apply(Connection row, ConnectionChange said, DateTimeOffset now)
    {
        ApplyTexts(row, said);
        if (said.Says(nameof(said.Credentials)))
        {
            ApplyCredentials(row, said.Credentials);
        }

        new ScopesEdit(provider, faults).Apply(row, said);
        if (said.Says(nameof(said.Settings)))
        {
            row.Settings = Json(said.Settings is null ? new ConnectionSettings() : new SettingsRules(outbound, provider, faults).Apply(row.ReadSettings(), said.Settings));
        }

        row.IsDefault = said.Says(nameof(said.IsDefault)) ? said.IsDefault ?? false : row.IsDefault;
        row.AllowsRawTokens = said.Says(nameof(said.AllowRawTokens)) ? said.AllowRawTokens ?? false : row.AllowsRawTokens;
        row.ReturnCheck = said.Says(nameof(said.ReturnCheck)) ? said.ReturnCheck ?? ReturnCheck.App : row.ReturnCheck;
        ApplyRotation(row, said, now);
        if (said.Says(nameof(said.Access)))
        {
            row.Access = Json(said.Access is null ? new ConnectionAccess() : Apply(row.ReadAccess(), said.Access));
        }
    }

    private void ApplyTexts(Connection row, ConnectionChange said)
    {
        if (said.Says(nameof(said.Name)))
        {
            var name = said.Name ?? "";
            faults.Add("name", VisibleText.IsLine(name, LongestName) ? null : $"Use 1 to {LongestName} visible characters on one line, without spaces around them.");
            row.Name = name.Length <= LongestName ? name : "";
        }

        if (said.Says(nameof(said.Description)))
        {
            row.Description = string.IsNullOrEmpty(said.Description) ? null : said.Description;
            faults.Add("description", row.Description is null || VisibleText.IsParagraphs(row.Description, LongestDescription) ? null : $"Use at most {LongestDescription} visible characters.");
        }

        if (said.Says(nameof(said.Environment)))
        {
            row.Environment = string.IsNullOrEmpty(said.Environment) ? null : said.Environment;
            faults.Add("environment", row.Environment is null || Word().IsMatch(row.Environment) ? null : "Use 1 to 50 letters, digits, dots, hyphens and underscores.");
        }
    }

    private void ApplyCredentials(Connection row, Dictionary<string, string?>? credentials)
    {
        var values = credentials is null ? [] : new Dictionary<string, string>(Secret.Values, StringComparer.Ordinal);
        faults.Add("credentials", credentials?.Count > MostListed ? $"Give at most {MostListed}." : null);
        row.ClientId = credentials is null ? null : row.ClientId;
        foreach (var (name, value) in (credentials ?? []).Take(MostListed))
        {
            faults.Add($"credentials.{name}", Refuse(row.Auth, name, value));
            if (name == "client_id")
            {
                row.ClientId = value;
            }
            else if (value is null)
            {
                values.Remove(name);
            }
            else
            {
                values[name] = value;
            }
        }

        SecretChanged = values.Count != Secret.Values.Count || values.Any(pair => Secret.Values.GetValueOrDefault(pair.Key) != pair.Value);
        Secret = new ConnectionSecret(values);
    }

    /// <summary>The sentence never repeats what was sent.</summary>
    private Sentence? Refuse(ConnectionAuth auth, string name, string? value)
    {
        if (auth == ConnectionAuth.ApiKey)
        {
            return provider.ApiKey?.Field(name) is not { } field ? Sentence.Of("A key of {0} has these parts: {1}.", provider.Name, string.Join(", ", provider.ApiKey?.Fields.Select(known => known.Name) ?? []))
                : value is null ? null
                : FieldValues.Refuse(field, value);
        }

        return name switch
        {
            "client_id" => value is null || IsVisible(value, LongestClientId) ? null : $"Use 1 to {LongestClientId} ASCII characters, without spaces around them.",
            ConnectionSecret.ClientSecretName => value is null || IsVisible(value, LongestSecret) ? null : $"Use 1 to {LongestSecret} ASCII characters, without spaces around them.",
            _ => "An OAuth app has a client_id and a client_secret.",
        };
    }

    private void ApplyRotation(Connection row, ConnectionChange said, DateTimeOffset now)
    {
        if (said.Says(nameof(said.RotationDays)))
        {
            faults.Add("rotation_days", said.RotationDays is < 1 or > 3650 ? "Use a number from 1 to 3650." : null);
            row.RotationDays = said.RotationDays is >= 1 and <= 3650 ? said.RotationDays : null;
        }

        if (said.Says(nameof(said.RotationDueAt)))
        {
            faults.Add("rotation_due_at", said.RotationDueAt is { } at && (at < now.AddYears(-10) || at > now.AddYears(10)) ? "Give a time within ten years." : null);
            row.RotationDueAt = said.RotationDueAt?.ToUniversalTime();
        }
        else if (SecretChanged || said.Says(nameof(said.RotationDays)))
        {
            var since = SecretChanged ? now : row.SecretChangedAt ?? now;
            row.RotationDueAt = row.RotationDays is { } days && !Secret.IsEmpty ? since.AddDays(days) : null;
        }
    }

    private ConnectionAccess Apply(ConnectionAccess before, AccessChange said) => new()
    {
        View = said.Says(nameof(said.View)) ? List("view", said.View, ofAgents: false) : before.View,
        Edit = said.Says(nameof(said.Edit)) ? List("edit", said.Edit, ofAgents: false) : before.Edit,
        Use = said.Says(nameof(said.Use)) ? List("use", said.Use, ofAgents: true) : before.Use,
    };

    private string[]? List(string name, IReadOnlyList<string?>? entries, bool ofAgents)
    {
        faults.Add($"access.{name}", entries?.Count > MostListed ? $"Give at most {MostListed}." : null);
        foreach (var (i, entry) in (entries ?? []).Index().Take(MostListed))
        {
            var known = entry is not null && (ConnectionAccess.RoleOf(entry) is not null || Protocol.Identifiers.Read("usr_", entry) == entry
                || (ofAgents && (entry == ConnectionAccess.Agents || Protocol.Identifiers.Read("agt_", entry) == entry)));
            faults.Add($"access.{name}[{i}]", known ? null : ofAgents ? "Give a role, a member (usr_…), an agent (agt_…) or agents." : "Give a role or a member (usr_…).");
        }

        return entries?.OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
    }

    // RFC 6749 §A.1 and §A.2, without the spaces that come along when something is copied.
    private static bool IsVisible(string value, int longest) => value.Length > 0 && value.Length <= longest && value.Trim() == value && value.All(c => c is >= ' ' and <= '~');

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, ApiJson.Options);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,49}\z")]
    private static partial Regex Word();
}
