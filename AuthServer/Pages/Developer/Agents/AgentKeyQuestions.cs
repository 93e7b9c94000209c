using AuthServer.Pages.Forms;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>What is asked of whoever makes an API key.</summary>
internal static class AgentKeyQuestions
{
    public static IReadOnlyList<Question> All(IReadOnlyList<string> scopes) =>
    [
        new("expires_at", Texts.T("It expires on"), QuestionKind.Date) { Hint = Texts.T("At the beginning of that day, UTC. Without a day it does not expire. You are told 30, 7 and 1 days before.") },
        new("scopes", Texts.T("It may do"), QuestionKind.Ticks)
        {
            NullWhenEmpty = true,
            Hint = Texts.T("Of what the agent may do. With nothing ticked: all of that, now and later."),
            Options = [.. scopes.Select(scope => new PossibleAnswer(scope, scope))],
        },
        new("token_lifetime_seconds", Texts.T("Its access tokens live, in seconds"), QuestionKind.Number) { KeepsEmpty = true, Hint = Texts.T("60 to 43200. Without an answer as long as any other of the agent’s.") },
    ];
}
