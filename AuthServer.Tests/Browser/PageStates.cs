namespace AuthServer.Tests.Browser;

/// <summary>Every page in every state: what axe checks, and what screenshots are made of.</summary>
public static class PageStates
{
    internal const string Long = "Çelik & Überlänge مفكرة Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft <b>Ltd</b>";

    public static IReadOnlyList<PageState> All { get; } =
    [
        new("design", "/design", visit => visit.GoAsync("/design")),
        new("connect-agents", "/connect-agents", visit => visit.GoAsync("/connect-agents")),
        new("language", "/language", visit => visit.GoAsync("/language")),
        .. Errors(),
        .. SigningInStates.All,
        .. ConsentStates.All,
        .. DashboardStates.All,
        .. PasswordStates.All,
        .. AccountStates.All,
        .. AdminStates.All,
        .. AgentStates.All,
        .. ApplicationStates.All,
        .. ApprovalStates.All,
        .. BrandStates.All,
        .. CertificateStates.All,
        .. ConnectionStates.All,
        .. DelegationStates.All,
        .. DocumentStates.All,
        .. ExternalStates.All,
        .. MailStates.All,
        .. MonitoringStates.All,
        .. OrganizationStates.All,
        .. PersonConnectionStates.All,
        .. PolicyStates.States,
        .. ProviderStates.All,
        .. SetUpStates.All,
        .. StrongStates.All,
        .. TryItStates.All,
        .. WebhookStates.All,
    ];

    private static PageState[] Errors() =>
    [
        new("error-not-found", "/error", visit => visit.GoAsync("/no/such/page")),
        new("error-expired", "/error", visit => visit.GoAsync("/consent?request_id=gone")),
        new("error-unknown-client", "/error", visit => visit.GoAsync("/connect/authorize?client_id=nobody&response_type=code")),
        new("error-too-many", "/error", async visit =>
        {
            for (var i = 0; i < 5; i++)
            {
                await visit.GoAsync("/connect/authorize?client_id=nobody&response_type=code");
            }
        }, Strict: true),
        new("error-stale-form", "/error", async visit =>
        {
            await visit.GoAsync("/sign-in");
            await visit.Page.Context.ClearCookiesAsync();
            await visit.SignInAsync();
        }),
    ];

    /// <summary>Somebody new, signed in.</summary>
    internal static Task RegisterAsync(Visit visit) => RegisterAsync(visit, $"{Guid.NewGuid():n}@example.com", "New Comer", "another good passphrase here");

    internal static async Task RegisterAsync(Visit visit, string email, string name, string password)
    {
        await visit.GoAsync("/register");
        await visit.Page.GetByLabel("E-mail address").FillAsync(email);
        await visit.Page.GetByLabel("Name").FillAsync(name);
        await visit.Page.GetByLabel("Password").FillAsync(password);
        await visit.PressAsync("Create account");
    }
}
