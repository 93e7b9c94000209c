using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Developer.Applications;

/// <summary>What is wrong with the addresses in a form that is still being filled in: the script asks for it when a field is left.</summary>
internal static class AddressFaults
{
    public static void Find(ApplicationChange said, ApplicationKind kind, IEnumerable<Question> asked, IFormCollection form, FormFaults faults)
    {
        var found = new Faults();
        ApplicationRules.Check(new ApplicationChange { RedirectUris = Typed(said.RedirectUris), PostLogoutRedirectUris = Typed(said.PostLogoutRedirectUris) }, kind, found);
        if (found.Problem is { } problem)
        {
            FormAnswers.Tell(problem, asked, faults, form);
        }
    }

    /// <summary>The same of an agent's.</summary>
    public static void FindOfAgent(IEnumerable<Question> asked, IFormCollection form, FormFaults faults)
    {
        Question[] addresses = [.. asked.Where(question => question.Path == "redirectUris")];
        var found = new Faults();
        AgentRules.Check(FormAnswers.Read<AgentChange>(addresses, form, faults), found);
        if (found.Problem is { } problem)
        {
            FormAnswers.Tell(problem, addresses, faults, form);
        }
    }

    /// <summary>An empty field was not filled in yet.</summary>
    private static IReadOnlyList<string?>? Typed(IReadOnlyList<string?>? uris) => uris is { Count: > 0 } ? uris : null;
}
