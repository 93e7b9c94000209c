using AuthServer.Agents;
using AuthServer.Pages.Forms;
using AuthServer.Scopes;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>What is asked of whoever makes or changes an agent: the members of the API's request.</summary>
internal static class AgentQuestions
{
    public const string Ticked = "scopes.ticked";

    /// <summary>What a new agent may ask for where nobody chose otherwise: without any scope it gets no token, and this one does little harm.</summary>
    public static IReadOnlyList<string> First { get; } = ["agents.read"];

    // Of the organization's own; a page with all of the 500 that there may be would be too heavy.
    private const int MostOwn = 30;

    /// <param name="agent">The one that is changed; null: a new one.</param>
    public static IReadOnlyList<Question> Basics(AgentAnswer? agent) =>
    [
        new("name", Texts.T("Name")) { Value = agent?.Name ?? "", Optional = false, MaxLength = 255, Hint = Texts.T("People read it when the agent asks for their consent.") },
        new("description", Texts.T("What it does"), QuestionKind.Text) { Value = agent?.Description ?? "", Hint = Texts.T("One or two sentences, for people."), KeepsEmpty = agent is null },
        new("type", Texts.T("What kind of program is it?"), QuestionKind.Radio)
        {
            Value = Word(agent?.Type ?? AgentType.Assistant),
            Options = [.. Enum.GetValues<AgentType>().Select(type => new PossibleAnswer(Word(type), AgentWords.Of(type), AgentWords.About(type)))],
        },
    ];

    public static IReadOnlyList<Question> Scopes(KnownScopes known, IReadOnlyList<string>? held)
    {
        var own = 0;
        ScopeLine[] offered = [.. known.All.Where(line => line.Origin != ScopeOrigin.Organization || own++ < MostOwn || held?.Contains(line.Name) == true)];
        var described = offered.Select(line => line.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            new(Ticked, Texts.T("Scopes"), QuestionKind.Ticks)
            {
                Target = "allowedScopes",
                Value = FormAnswers.Write((held ?? []).Where(described.Contains)),
                Options = [.. offered.Select(line => new PossibleAnswer(line.Name, line.Title))],
            },
            new("scopes.more", Texts.T("Others"), QuestionKind.Lines)
            {
                Target = "allowedScopes",
                Value = FormAnswers.Write((held ?? []).Where(scope => !described.Contains(scope))),
                Hint = own > MostOwn
                    ? Texts.T("Your own that are not listed above, and any others. One on each line. A last part * stands for all below it, such as calendar:*.")
                    : Texts.T("One on each line. A last part * stands for all below it, such as calendar:*."),
            },
        ];
    }

    /// <summary>Where people are sent, and who answers for it.</summary>
    public static IReadOnlyList<Question> Addresses(AgentAnswer? agent) =>
    [
        new("redirectUris", Texts.T("Redirect URIs"), QuestionKind.Lines)
        {
            Value = FormAnswers.Write(agent?.RedirectUris ?? []),
            Hint = Texts.T("Where people come back to after they consented. One on each line; https, or http on this machine."),
        },
        new("homepageUrl", Texts.T("Home page")) { Value = agent?.HomepageUrl ?? "", KeepsEmpty = agent is null, MaxLength = 1000 },
    ];

    /// <summary>What is said once, when it is made.</summary>
    /// <param name="agents">The organization's active agents, which it may stand below.</param>
    public static IReadOnlyList<Question> Place(IReadOnlyList<AgentAnswer> agents) =>
    [
        new("trustLevel", Texts.T("Where do its rights come from?"), QuestionKind.Choice)
        {
            Options = [new("", Texts.T("From its place: root, or delegated below another agent")), .. Enum.GetValues<TrustLevel>().Select(level => new PossibleAnswer(Word(level), AgentWords.Of(level)))],
        },
        new("parentAgentId", Texts.T("Below which agent?"), QuestionKind.Choice)
        {
            Options = [new("", Texts.T("None: it stands by itself")), .. agents.Select(agent => new PossibleAnswer(agent.Id, Names.Shown(agent.Name)))],
        },
        new("maxChildDepth", Texts.T("How many generations of agents may it make?"), QuestionKind.Number) { KeepsEmpty = true, Hint = Texts.T("0 to 10. Without an answer 3, or what is left.") },
        new("publicKey", Texts.T("Its public key, as PEM"), QuestionKind.Text) { MaxLength = 8000, Hint = Texts.T("With a key of its own it proves itself by signing, and gets no secret.") },
    ];

    public static IReadOnlyList<Question> Metadata(AgentAnswer? agent) =>
    [
        new("metadata", Texts.T("Notes of your own, as a JSON object"), QuestionKind.Json)
        {
            Value = agent?.Metadata?.GetRawText() is { } json and not "{}" ? json : "",
            KeepsEmpty = agent is null,
            WhenEmpty = agent is null ? null : "{}",
            Hint = Texts.T("Programs read it by the API. No secrets."),
        },
    ];

    internal static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
