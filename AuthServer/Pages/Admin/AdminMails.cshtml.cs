using AuthServer.Accounts;
using AuthServer.Approvals;
using AuthServer.Mail;
using AuthServer.Notices;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>For administrators: what was mailed, and, where there is no mail server, what waits to be passed on.</summary>
public sealed class AdminMailsModel(AdminDesk desk, WaitingMails waiting, Mails mails) : AdminPage(desk)
{
    public IReadOnlyList<MailItem> Items { get; private set; } = [];

    /// <summary>The one that is to be read; null: the list is shown.</summary>
    public MailItem? Opening { get; private set; }

    public OpenedMail? Opened { get; private set; }

    public bool IsMailed => mails.AreSent;

    public string? OlderAt => Opening is null && Opened is null && Items.Count == WaitingMails.Portion ? $"/admin/mails?before={Items[^1].Id}" : null;

    public async Task<IActionResult> OnGetAsync(string? id, string? before, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (id is null)
        {
            Items = await waiting.ListAsync(before, ct);
            return Page();
        }

        Opening = await waiting.FindAsync(id, ct);
        return Opening is null ? NotFound() : SignInFirst() ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(string? id, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (id is null || (Opening = await waiting.FindAsync(id, ct)) is null)
        {
            return NotFound();
        }

        if (await ShowAsync(ct) is { } unseen)
        {
            return unseen;
        }

        Opened = await waiting.OpenAsync(HttpContext, Administrator.Subject, id, ct);
        return Opened is null ? NotFound() : Page();
    }

    public static string Name(string kind) => kind switch
    {
        AccountMails.ForgottenPassword => T("Link to a new password"),
        AccountMails.ConfirmAddress => T("Link to confirm an address"),
        AccountMails.NewAddress => T("Link to use a new address"),
        AccountMails.AddressChanging => T("News that an address is about to change"),
        AccountMails.AddressChanged => T("News that an address was changed"),
        AccountMails.PasswordChanged => T("News that a password was changed"),
        AccountMails.SignInMethod => T("News of a new way to sign in"),
        AccountMails.SignInMethodGone => T("News of a way to sign in that is gone"),
        AccountMails.NewDevice => T("News of a new device"),
        AccountMails.SecondFactor => T("News of how somebody signs in"),
        AccountMails.RecoveryCodeUsed => T("News of a recovery code that was used"),
        AccountMails.SecondFactorFailing => T("News of codes that were tried in vain"),
        AccountMails.PasskeyCopy => T("News of a passkey that may have been copied"),
        AccountMails.Test => T("Test"),
        InvitationMails.Kind => T("Invitation to an organization"),
        ApprovalMails.Kind => T("News that an agent asks for approval"),
        ExpiryMails.Kind => T("News of what expires soon"),
        _ => kind,
    };

    /// <summary>Why it is not sent, in a sentence; null: there is nothing to tell.</summary>
    public static string? Why(MailItem item) => item.SentAt is not null ? null : item.Failure switch
    {
        MailFailures.Refused => T("The mail server does not take it."),
        MailFailures.Busy => T("The mail server does not take it now."),
        MailFailures.Unreachable => T("The mail server could not be reached."),
        MailFailures.Insecure => T("The connection to the mail server is not safe: it offers no TLS, or its certificate is not good."),
        MailFailures.SignIn => T("The mail server does not accept the user and the password of the settings."),
        MailFailures.Sender => T("The mail server takes no mail from the address of AuthServer:Mail:From."),
        MailFailures.Unreadable => T("It was sealed with another master key."),
        MailFailures.Replaced => T("Its link was used, a newer one took its place, or the account was changed."),
        MailFailures.Internal => T("This server could not send it; its log tells why."),
        MailFailures.Expired => T("Its time was over before it could be sent."),
        _ => null,
    };
}
