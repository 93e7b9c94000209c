using AuthServer.Accounts;
using AuthServer.Mail;
using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Admin;

/// <summary>For administrators: what was mailed, and, where there is no mail server, what waits to be passed on.</summary>
public sealed class AdminMailsModel(SignedInReader signedIn, Administrators administrators, WaitingMails waiting, Presence presence, Mails mails) : PageModel
{
    private const string SignInAt = "/sign-in?again=mails";

    private SignedInPerson _signedIn = null!;
    private PresenceNeed _need;

    [BindProperty]
    public string? Password { get; set; }

    public IReadOnlyList<MailItem> Items { get; private set; } = [];

    /// <summary>The one that is to be read; null: the list is shown.</summary>
    public MailItem? Asked { get; private set; }

    public OpenedMail? Opened { get; private set; }

    public bool IsMailed => mails.AreSent;

    /// <summary>They signed in a moment ago, and need not type their password.</summary>
    public bool IsPresent => _need == PresenceNeed.Nothing;

    public string? OlderAt => Asked is null && Opened is null && Items.Count == WaitingMails.Portion ? $"/admin/mails?before={Items[^1].Id}" : null;

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? id, string? before, CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (id is null)
        {
            Items = await waiting.ListAsync(before, ct);
            return Page();
        }

        Asked = await waiting.FindAsync(id, ct);
        return Asked is null ? NotFound() : _need == PresenceNeed.SignIn ? this.SeeOther(SignInAt) : Page();
    }

    public async Task<IActionResult> OnPostAsync(string? id, CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (id is null || (Asked = await waiting.FindAsync(id, ct)) is null)
        {
            return NotFound();
        }

        switch (await presence.ShowAsync(HttpContext, _signedIn, Password, ct))
        {
            case PresenceOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            case PresenceOutcome.SignIn:
                return this.SeeOther(SignInAt);
            case PresenceOutcome.NotShown notShown:
                Faults.Add(nameof(Password), notShown.Reason);
                return Page();
        }

        Opened = await waiting.OpenAsync(HttpContext, _signedIn.Subject, id, ct);
        return Opened is null ? NotFound() : Page();
    }

    public static string Name(string kind) => kind switch
    {
        AccountMails.ForgottenPassword => "Link to a new password",
        AccountMails.ConfirmAddress => "Link to confirm an address",
        AccountMails.NewAddress => "Link to use a new address",
        AccountMails.AddressChanging => "News that an address is about to change",
        AccountMails.AddressChanged => "News that an address was changed",
        AccountMails.PasswordChanged => "News that a password was changed",
        AccountMails.SignInMethod => "News of a new way to sign in",
        AccountMails.NewDevice => "News of a new device",
        AccountMails.SecondFactor => "News of how somebody signs in",
        AccountMails.RecoveryCodeUsed => "News of a recovery code that was used",
        AccountMails.SecondFactorFailing => "News of codes that were tried in vain",
        AccountMails.PasskeyCopy => "News of a passkey that may have been copied",
        AccountMails.Test => "Test",
        InvitationMails.Kind => "Invitation to an organization",
        _ => kind,
    };

    /// <summary>Why it is not sent, in a sentence; null: there is nothing to tell.</summary>
    public static string? Why(MailItem item) => item.SentAt is not null ? null : item.Failure switch
    {
        MailFailures.Refused => "The mail server does not take it.",
        MailFailures.Busy => "The mail server does not take it now.",
        MailFailures.Unreachable => "The mail server could not be reached.",
        MailFailures.Insecure => "The connection to the mail server is not safe: it offers no TLS, or its certificate is not good.",
        MailFailures.SignIn => "The mail server does not accept the user and the password of the settings.",
        MailFailures.Sender => "The mail server takes no mail from the address of AuthServer:Mail:From.",
        MailFailures.Unreadable => "It was sealed with another master key.",
        MailFailures.Internal => "This server could not send it; its log tells why.",
        MailFailures.Expired => "Its time was over before it could be sent.",
        _ => null,
    };

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther("/sign-in");
        }

        // Whoever is none learns nothing of what is here.
        _signedIn = reader.Person;
        if (!await administrators.IncludeAsync(_signedIn.Subject, ct))
        {
            return NotFound();
        }

        // Who has something stronger than a password comes in with it, and with nothing less.
        _need = await presence.NeedAsync(_signedIn, ct);
        return _need == PresenceNeed.SignIn && !Acr.IsStrong(_signedIn.Acr) ? this.SeeOther(SignInAt) : null;
    }
}
