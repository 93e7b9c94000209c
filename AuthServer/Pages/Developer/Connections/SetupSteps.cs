using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>Where somebody is on the way to a new connection.</summary>
/// <param name="Current">The name of a step.</param>
/// <param name="Draft">The connection that carries the steps; null: there is none yet.</param>
public sealed record SetupSteps(string Current, ConnectionItem? Draft)
{
    /// <summary>Whether a test has shown that the provider takes what is stored now.</summary>
    public bool WasTested { get; init; }

    private static (string Name, string Title)[] Known =>
    [
        ("provider", T("Provider")), ("name", T("Name")), ("app", T("App")), ("scopes", T("Scopes")), ("settings", T("Settings")), ("test", T("Test")), ("activate", T("Activate")),
    ];

    /// <summary>Those that a draft still takes, in their order.</summary>
    public static IReadOnlyList<string> OfDraft(ConnectionItem draft) =>
        draft.AuthType == AuthType.ApiKey ? ["app", "settings", "test", "activate"] : ["app", "scopes", "settings", "test", "activate"];

    public IReadOnlyList<SetupStep> All
    {
        get
        {
            var own = Draft is null ? [] : OfDraft(Draft);
            var shown = Draft is null ? Known : [.. Known.Where(step => step.Name is "provider" or "name" || own.Contains(step.Name))];
            var place = Array.FindIndex(shown, step => step.Name == Current);
            return
            [
                .. shown.Select((step, i) => new SetupStep(
                    step.Name,
                    step.Name == "app" && Draft?.AuthType == AuthType.ApiKey ? T("API key") : step.Title,
                    own.Contains(step.Name) && i != place ? $"{ConnectionTabs.At(Draft!.Id)}/setup?step={step.Name}" : null,
                    step.Name == "test" ? WasTested : i < place && (step.Name != "app" || Draft?.Missing is not { Count: > 0 }))),
            ];
        }
    }
}

/// <param name="Address">Null: it cannot be gone to.</param>
public sealed record SetupStep(string Name, string Title, string? Address, bool IsDone);
