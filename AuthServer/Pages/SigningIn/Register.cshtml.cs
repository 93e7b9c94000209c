using AuthServer.Accounts;
using AuthServer.Endpoints;
using AuthServer.ExternalSignIn;
using AuthServer.Http;
using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

public sealed class RegisterModel(
    Interactions interactions, Registration registration, PasswordSignIn signIn, SignUp signUp, SignInSessions sessions, Joining joining,
    ExternalProviders providers) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public SignUpAnswer Answer { get; private set; } = new(false, null);

    public Interaction? Interaction { get; private set; }

    public ExternalButtons External => new(providers, Request);

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public string SignInAt => IsForLink ? Request.At("/sign-in") : Interaction is null ? Came?.At("/sign-in") ?? Request.At("/sign-in") : $"/sign-in?request_id={Interaction.Stored.Id}";

    /// <summary>What the new account joins with it; null: nothing.</summary>
    public OpenInvitation? Open { get; private set; }

    /// <summary>An account of another provider waits to be linked by whoever signs in.</summary>
    private bool IsForLink => Request.Query.ContainsKey(Carried.Link);

    private string? Invitation => Request.Query.TryGetValue("invitation", out var token) ? token.ToString() : null;

    /// <summary>The token of an organization's invitation.</summary>
    private string? Join => Errand.Of(Request, Errand.Join)?.Token;

    /// <summary>What the account is made for.</summary>
    private Errand? Came => Errand.Of(Request);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) =>
        Came is { } errand && await sessions.ReadAsync(HttpContext) is not null ? this.SeeOther(errand.Page)
        : !await LoadAsync(ct) ? this.Expired()
        : Answer.Invitation is { Administrator: true } ? this.SeeOther($"{Invitations.SetUpPath}?invitation={Uri.EscapeDataString(Invitation!)}")
        : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return this.Expired();
        }

        // By a second press they are signed in as by the first one, whose answer their browser never had.
        switch (await HttpContext.OnceAsync(RegisterAsync, made => made is RegistrationOutcome.Registered))
        {
            case RegistrationOutcome.Registered registered:
                await signIn.StartAsync(HttpContext, registered.User, ct);

                // The invitation was accepted with the account.
                return this.SeeOther(Open is { } joined ? $"/join?joined={joined.Invitation.OrganizationId}" : IsForLink ? Request.At("/link") : Interaction?.ContinueAt ?? (Came is { Name: not Errand.Join } came ? came.Page : Carried.PageFor(Carried.Of(Request)) ?? "/account"));
            case RegistrationOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            case RegistrationOutcome.Invalid invalid:
                foreach (var (field, message) in invalid.Faults)
                {
                    Faults.Add(field, message);
                }

                return Page();
            default:
                Answer = Invitation is null && Join is null ? new SignUpAnswer(false, null) : SignUpAnswer.BadInvitation;
                return Page();
        }
    }

    private Task<RegistrationOutcome> RegisterAsync(CancellationToken ct) => Open is not { } open
        ? registration.TryAsync(HttpContext, new RegistrationRequest(Email, Name, Password, Invitation), ct)
        : registration.TryAsync(
            HttpContext, new RegistrationRequest(Email, Name, Password, Join), joining.AskAsync, (context, user) => joining.Add(context, HttpContext, open, user), ct);

    /// <summary>False: a request is named that is not to be found.</summary>
    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        Open = Join is null ? null : await joining.FindAsync(Join, ct);
        Answer = Join is null ? await signUp.AskAsync(Invitation, ct) : await joining.AskAsync(Join, ct);
        if (this.RequestId() is not { } id)
        {
            return true;
        }

        Interaction = await interactions.FindAsync(HttpContext, id, ct);
        if (Interaction is not null)
        {
            PageHeaders.AllowFormTarget(HttpContext, Interaction.Request.Redirect.Uri);
        }

        return Interaction is not null;
    }
}
