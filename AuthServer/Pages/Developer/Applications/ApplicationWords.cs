using AuthServer.Applications;
using AuthServer.Pages.Developer.Agents;
using AuthServer.Pages.Forms;
using AuthServer.Scopes;

namespace AuthServer.Pages.Developer.Applications;

/// <summary>What applications are, in words, and what is asked of whoever makes or changes one.</summary>
internal static class ApplicationWords
{
    private const int MostApis = 50;

    public static string Of(ApplicationKind kind) => kind switch
    {
        ApplicationKind.Web => Texts.T("Web application"),
        ApplicationKind.Browser => Texts.T("Application in the browser"),
        ApplicationKind.Native => Texts.T("Native application"),
        _ => Texts.T("Machine to machine"),
    };

    public static string About(ApplicationKind kind) => kind switch
    {
        ApplicationKind.Web => Texts.T("Runs on a server of yours, and keeps a secret there: ASP.NET, Rails, Django, Next.js."),
        ApplicationKind.Browser => Texts.T("Runs in the browser alone: React, Vue, Svelte. It keeps no secret; PKCE protects the sign-in."),
        ApplicationKind.Native => Texts.T("Is installed on a phone or computer, or run in a terminal. It keeps no secret; PKCE protects the sign-in."),
        _ => Texts.T("A program that acts for itself: no person signs in. To act for people, make an agent."),
    };

    /// <summary>What follows from its kind, in the words of the standard.</summary>
    public static string Technical(ApplicationKind kind) => kind switch
    {
        ApplicationKind.Web => "authorization_code + PKCE, refresh_token, client_secret",
        ApplicationKind.Machine => "client_credentials, client_secret",
        _ => "authorization_code + PKCE, refresh_token, none",
    };

    public static string Word(ApplicationKind kind) => kind.ToString().ToLowerInvariant();

    public static ApplicationKind? Read(string? word) => Enum.GetValues<ApplicationKind>().Where(kind => Word(kind) == word).Select(kind => (ApplicationKind?)kind).FirstOrDefault();

    /// <summary>The colour and the shape of a state, and its word.</summary>
    public static (string Level, string Icon, string Word) Look(string status) => status switch
    {
        "active" => ("low", "check", Texts.T("Active")),
        "disabled" => ("high", "clock", Texts.T("Disabled")),
        _ => ("critical", "warning", Texts.T("Removed")),
    };

    /// <param name="application">The one that is changed; null: a new one.</param>
    public static IReadOnlyList<Question> Basics(ApplicationKind kind, ApplicationItem? application) =>
    [
        new("name", Texts.T("Name")) { Value = application?.Name ?? "", Optional = false, MaxLength = 200, Hint = Texts.T("People read it when they sign in and when they consent.") },
        .. kind == ApplicationKind.Machine ? Array.Empty<Question>() :
        [
            new Question("redirectUris", Texts.T("Redirect URIs"), QuestionKind.Lines)
            {
                Value = FormAnswers.Write(application?.RedirectUris ?? []),
                Optional = false,
                Hint = kind == ApplicationKind.Native
                    ? Texts.T("Where people come back to after they signed in. One on each line; https, http on 127.0.0.1, or a scheme of its own such as com.example.app:/callback.")
                    : Texts.T("Where people come back to after they signed in. One on each line; https, or http on this machine. No wildcards."),
            },
            new Question("postLogoutRedirectUris", Texts.T("Addresses after signing out"), QuestionKind.Lines)
            {
                Value = FormAnswers.Write(application?.PostLogoutRedirectUris ?? []),
                Hint = Texts.T("Where people may come back to after they signed out. One on each line."),
            },
        ],
    ];

    /// <param name="apis">The organization's own.</param>
    public static IReadOnlyList<Question> Rights(KnownScopes known, IReadOnlyList<ResourceItem> apis, ApplicationItem? application) =>
    [
        .. AgentQuestions.Scopes(known, application?.Scopes).Select(question => question with { Target = "scopes" }),
        .. apis.Count == 0 ? Array.Empty<Question>() :
        [
            .. Apis(apis, application?.Resources ?? []),
        ],
    ];

    /// <summary>Those that there is room for, and a line for each of the others.</summary>
    private static IEnumerable<Question> Apis(IReadOnlyList<ResourceItem> apis, IReadOnlyList<string> held)
    {
        ResourceItem[] offered = [.. apis.Where((api, i) => i < MostApis || held.Contains(api.Url))];
        yield return new Question("resources", Texts.T("APIs that it may ask tokens for"), QuestionKind.Ticks)
        {
            Value = FormAnswers.Write(held),
            Options =
            [
                .. offered.Select(api => new PossibleAnswer(api.Url, Names.Shown(api.DisplayName), api.Url)),
                .. held.Where(url => apis.All(api => api.Url != url)).Select(url => new PossibleAnswer(url, url, Texts.T("It is not among your APIs any more."))),
            ],
        };
        if (offered.Length < apis.Count)
        {
            yield return new Question("resources.more", Texts.T("Other APIs of yours"), QuestionKind.Lines) { Target = "resources", Hint = Texts.T("Their URLs, one on each line.") };
        }
    }
}
