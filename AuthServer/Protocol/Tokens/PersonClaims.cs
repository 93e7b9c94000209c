using System.Text.Json;

namespace AuthServer.Protocol.Tokens;

/// <summary>The standard claims about a person (OIDC Core §5.1), and which scope shows which (§5.4).</summary>
public sealed record PersonClaims
{
    private static readonly string[] ProfileNames =
        ["name", "given_name", "family_name", "preferred_username", "picture", "locale", "updated_at"];

    private static readonly Dictionary<string, string[]> ByScope = new(StringComparer.Ordinal)
    {
        [ScopeNames.Profile] = ProfileNames,
        [ScopeNames.Email] = ["email", "email_verified"],
        [ScopeNames.Address] = ["address"],
        [ScopeNames.Phone] = ["phone_number", "phone_number_verified"],
    };

    public required string Subject { get; init; }

    public string? Name { get; init; }

    public string? GivenName { get; init; }

    public string? FamilyName { get; init; }

    public string? PreferredUsername { get; init; }

    public string? Picture { get; init; }

    public string? Locale { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public string? Email { get; init; }

    public bool EmailVerified { get; init; }

    public string? PhoneNumber { get; init; }

    public bool PhoneNumberVerified { get; init; }

    /// <summary>OIDC Core §5.1.1, a JSON object.</summary>
    public string? Address { get; init; }

    /// <summary>Every claim that can be asked for, for discovery.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sub", .. ByScope.Values.SelectMany(names => names)];

    /// <summary>The claim names that these scopes show.</summary>
    public static IEnumerable<string> NamesFor(IReadOnlyList<string> scopes) =>
        scopes.SelectMany(scope => ByScope.GetValueOrDefault(scope, []));

    /// <summary>The scope that shows this claim: who asks for the claim by name asks for part of it. Null: none is needed, or there is no such claim.</summary>
    public static string? ScopeOf(string name) => ByScope.FirstOrDefault(pair => pair.Value.Contains(name)).Key;

    /// <summary>Writes those of the named claims that have a value. A claim without one is left out (OIDC Core §5.3.2).</summary>
    public void WriteTo(Utf8JsonWriter json, IEnumerable<string> names)
    {
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            Write(json, name);
        }
    }

    private void Write(Utf8JsonWriter json, string name)
    {
        switch (name)
        {
            case "name": JwtJson.WriteOptional(json, name, Name); break;
            case "given_name": JwtJson.WriteOptional(json, name, GivenName); break;
            case "family_name": JwtJson.WriteOptional(json, name, FamilyName); break;
            case "preferred_username": JwtJson.WriteOptional(json, name, PreferredUsername); break;
            case "picture": JwtJson.WriteOptional(json, name, Picture); break;
            case "locale": JwtJson.WriteOptional(json, name, Locale); break;
            case "updated_at" when UpdatedAt is { } at: json.WriteNumber(name, at.ToUnixTimeSeconds()); break;
            case "email": JwtJson.WriteOptional(json, name, Email); break;
            case "email_verified" when Email is not null: json.WriteBoolean(name, EmailVerified); break;
            case "phone_number": JwtJson.WriteOptional(json, name, PhoneNumber); break;
            case "phone_number_verified" when PhoneNumber is not null: json.WriteBoolean(name, PhoneNumberVerified); break;
            case "address" when Address is not null:
                json.WritePropertyName(name);
                json.WriteRawValue(Address);
                break;
        }
    }
}
