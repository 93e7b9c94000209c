using System.Globalization;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>What can be set of a connection, in the parts in which people think of it.</summary>
/// <param name="provider">Null: the catalogue has it no more.</param>
internal sealed class ConnectionParts(ConnectionItem connection, ProviderDetail? provider)
{
    private readonly ConnectionSettings _settings = connection.Settings ?? new();

    private bool IsOAuth => connection.AuthType == AuthType.Oauth2;

    private string ProviderName => Names.Shown(provider?.Name ?? connection.Provider);

    /// <summary>All that this connection has.</summary>
    /// <param name="access">Whom its access may name.</param>
    public IReadOnlyList<Part> All(AccessChoices access)
    {
        Part?[] parts = IsOAuth
            ? [General(), App(), ScopeQuestions.Of(connection, provider), Fields(), Tokens(), Requests(), Addresses(), Return(), Rotation(), Safety(), access.Ask(connection), Custom()]
            : [General(), Key(), Fields(), Requests(), Addresses(), Rotation(), access.Ask(connection), Custom()];
        return [.. parts.OfType<Part>()];
    }

    private Part General() => new("general", T("Name and place"),
    [
        new("name", T("Name")) { Value = connection.Name, Optional = false, MaxLength = 200 },
        new("description", T("What it is for"), QuestionKind.Text) { Value = Lines(connection.Description) },
        new("environment", T("Environment")) { Value = connection.Environment ?? "", MaxLength = 50, Hint = T("A word of yours, such as production or staging.") },
        new("is_default", T("It is meant wherever only its provider is named"), QuestionKind.Tick) { Value = Yes(connection.IsDefault) },
    ]);

    private Part App() => new("app", T("App at the provider"),
    [
        new("credentials.client_id", provider?.Setup.ClientIdLabel ?? T("Client ID"))
        {
            LabelIsData = provider?.Setup.ClientIdLabel is not null,
            Value = connection.ClientId ?? "",
            MaxLength = 500,
            Hint = provider?.SharedApp == true ? T("Without one, this server's own app is used.") : null,
        },
        .. provider?.Setup.ClientSecretLabel is { } label ? new[] { Secret("credentials.client_secret", label, 4000) } : [],
    ])
    {
        ForAdmins = true,
        Words = T("The id and the secret of the app that you registered at {0}.", ProviderName),
    };

    private Part Key() => new("key", T("API key"),
    [
        .. (provider?.Setup.KeyFields ?? []).Select(field => field.Secret
            ? Secret($"credentials.{field.Name}", T(field.Label), 1000, Said(field.Help))
            : new($"credentials.{field.Name}", T(field.Label))
            {
                MaxLength = 1000,
                KeepsEmpty = connection.HasSecret == true,
                LabelIsData = true,
                Help = Said(field.Help),
                Hint = connection.HasSecret == true ? T("Left empty, it stays as it is.") : null,
            }),
    ])
    {
        ForAdmins = true,
        Words = T("It is kept sealed, and sent to {0} alone.", ProviderName),
    };

    private static string? Said(string? text) => text is null ? null : T(text);

    private Question Secret(string path, string label, int longest, string? help = null) => new(path, label, QuestionKind.Secret)
    {
        MaxLength = longest,
        KeepsEmpty = true,
        Optional = connection.HasSecret == true,
        LabelIsData = true,
        Help = help,
        Hint = connection.HasSecret != true ? T("It is never shown again.")
            : connection.SecretLast4 is { } last ? T("One is set, which ends in {0}. Left empty, it stays.", last) : T("One is set. Left empty, it stays."),
    };

    private Part? Fields() => provider?.Setup.Fields is not { Count: > 0 } fields ? null : new("fields", T("What {0} needs to know", ProviderName),
    [
        .. fields.Select(field => new Question($"settings.fields.{field.Name}", T(field.Label), field.Options.Count > 0 ? QuestionKind.Choice : QuestionKind.Line)
        {
            Value = _settings.Fields.GetValueOrDefault(field.Name) ?? "",
            MaxLength = 1000,
            Optional = !field.Required || field.Default is not null,
            LabelIsData = true,
            Help = Said(field.Help),
            Hint = field.Default is { } usual ? T("Without it: {0}.", usual) : null,
            Options = field.Options.Count == 0 ? [] : [new("", T("The usual")), .. field.Options.Select(option => new PossibleAnswer(option, option))],
        }),
    ]);

    private Part Tokens() => new("tokens", T("Tokens"),
    [
        new("settings.auto_refresh", T("Refresh tokens before they expire"), QuestionKind.Tick) { Value = Yes(_settings.AutoRefresh) },
        Number("settings.refresh_buffer", T("Seconds before the expiry"), _settings.RefreshBuffer, T("Left empty: a fifth of the lifetime, five minutes at most.")),
        Number("settings.token_lifetime", T("Seconds that a token lives"), _settings.TokenLifetime, T("Left empty: as the provider says.")),
    ])
    {
        Words = T("Tokens are kept in the vault, sealed."),
    };

    private Part Requests() => new("requests", T("Calls"),
    [
        Number("settings.timeout", T("Seconds that a call may take"), _settings.Timeout, T("1 to 300. Left empty: 30.")),
        Number("settings.rate_limit", T("Calls per minute"), _settings.RateLimit, T("Left empty: no limit of ours.")),
        Number("settings.retries", T("How often a failed call is repeated"), _settings.Retries, T("0 to 5. Only calls that may be repeated are.")),
        new("settings.user_agent", T("User agent")) { Value = _settings.UserAgent ?? "", MaxLength = 200 },
        new("settings.api_version", T("Version of the API")) { Value = _settings.ApiVersion ?? "", MaxLength = 100 },
        new("settings.headers", T("Headers of every call"), QuestionKind.Pairs) { Value = FormAnswers.Write(_settings.Headers), Hint = T("One on each line: Name = value. None that carries a credential.") },
    ]);

    private Part Addresses() => new("addresses", T("Addresses of its own"),
    [
        .. IsOAuth
            ? new[] { Line("settings.authorization_url", T("Where people are sent to agree"), _settings.AuthorizationUrl), Line("settings.token_url", T("Where tokens are fetched"), _settings.TokenUrl) }
            : [],
        Line("settings.base_url", T("Where the API is called"), _settings.BaseUrl),
        .. IsOAuth ? [] : Placement(),
    ])
    {
        ForAdmins = true,
        Words = T("Left empty, they are those of {0}. A connection with addresses of its own needs an app of its own.", ProviderName),
    };

    private Question[] Placement() =>
    [
        new("settings.key.in", T("Where the key goes"), QuestionKind.Choice)
        {
            Value = _settings.Key?.In ?? "",
            Options = [new("", T("As {0} has it", ProviderName)), new("header", T("In a header")), new("query", T("In the address"))],
        },
        new("settings.key.name", T("Name of the header or parameter")) { Value = _settings.Key?.Name ?? "", MaxLength = 100 },
        new("settings.key.prefix", T("What stands before the key")) { Value = _settings.Key?.Prefix ?? "", MaxLength = 50, Verbatim = true, Hint = T("Such as Bearer, with the space after it.") },
    ];

    private Part Return() => new("return", T("The way back"),
    [
        new("return_check", T("How it is made sure who comes back"), QuestionKind.Choice)
        {
            Value = ConnectionWords.Snake(connection.ReturnCheck ?? ReturnCheck.App),
            Options =
            [
                new("app", T("Your backend redeems a code")), new("session", T("A person of this server, who is signed in")), new("none", T("Not at all: accounts are marked as unverified")),
            ],
        },
        new("settings.return_urls", T("Where your application takes people back"), QuestionKind.Lines) { Value = FormAnswers.Write(_settings.ReturnUrls), Hint = T("One address on each line, each exactly as it is used.") },
        Line("settings.redirect_uri", T("Where the provider sends people"), _settings.RedirectUri, T("Left empty: this server's own callback.")),
    ])
    {
        ForAdmins = true,
    };

    private Part Rotation() => new("rotation", T("Replacing the secret"),
    [
        Number("rotation_days", T("Days that a secret serves"), connection.RotationDays, T("1 to 3650. Left empty: nobody is reminded.")),
        new("rotation_due_at", T("To be replaced by"), QuestionKind.Date)
        {
            Value = connection.RotationDueAt?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
            KeepsSame = true,
            Hint = T("By itself it follows from the days."),
        },
    ]);

    private Part Safety() => new("safety", T("Raw tokens"),
    [
        new("allow_raw_tokens", T("Access tokens may leave the vault"), QuestionKind.Tick)
        {
            Value = Yes(connection.AllowRawTokens == true),
            Hint = T("Whoever gets one can use it anywhere until it expires. Refresh tokens never leave."),
        },
    ])
    {
        ForAdmins = true,
    };

    private Part? Custom() =>
        _settings.Custom.Any(pair => pair.Key.Contains('=', StringComparison.Ordinal) || pair.Value.Contains('\n', StringComparison.Ordinal) || pair.Value.Trim() != pair.Value) ? null
        : new("custom", T("Notes of yours"), [new("settings.custom", T("Names and values"), QuestionKind.Pairs) { Value = FormAnswers.Write(_settings.Custom), Hint = T("One on each line: name = value. This server only keeps them.") }]);

    private static Question Line(string path, string label, string? value, string? hint = null) => new(path, label) { Value = value ?? "", Hint = hint };

    private static Question Number(string path, string label, int? value, string hint) =>
        new(path, label, QuestionKind.Number) { Value = value?.ToString(CultureInfo.InvariantCulture) ?? "", Hint = hint, MaxLength = 10 };

    private static string Yes(bool value) => value ? "yes" : "";

    private static string Lines(string? text) => text?.ReplaceLineEndings("\n").Trim() ?? "";
}
