using System.Globalization;
using AuthServer.Accounts.Strong;
using AuthServer.Http;
using AuthServer.Mail;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>The mails about an account: each kind's words stand here once.</summary>
public sealed class AccountMails(Mails mails, IssuerUri issuer)
{
    public const string ForgottenPassword = "forgotten_password";
    public const string ConfirmAddress = "confirm_address";
    public const string NewAddress = "new_address";
    public const string AddressChanging = "address_changing";
    public const string AddressChanged = "address_changed";
    public const string PasswordChanged = "password_changed";
    public const string SignInMethod = "sign_in_method";
    public const string SignInMethodGone = "sign_in_method_gone";
    public const string NewDevice = "new_device";
    public const string SecondFactor = "second_factor";
    public const string RecoveryCodeUsed = "recovery_code_used";
    public const string SecondFactorFailing = "second_factor_failing";
    public const string PasskeyCopy = "passkey_copy";
    public const string Test = "test";

    public static readonly TimeSpan PasswordLinkLives = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan AddressLinkLives = TimeSpan.FromHours(24);

    // News that is older than this is none.
    private static readonly TimeSpan NoticeLives = TimeSpan.FromDays(3);

    private readonly string _host = new Uri(issuer.Value).Authority;

    public OutgoingMail OfForgottenPassword(User user, string handle, MailOrigin origin) => mails.Write(
        ForgottenPassword, user.Email!, user.Id,
        new MailText($"Set a new password for {_host}", $"Somebody asked for a new password for the account {user.Email} at {_host}. If it was you, choose one here.")
        {
            Link = new MailLink("Choose a new password", issuer.At("/reset-password?link=" + handle), "The link works once, for 30 minutes, and only the newest one does."),
            Facts = Facts(origin),
            IfNotYou = "If it was not you, do nothing: your password stays as it is, and nobody can use this link without this mail.",
        },
        origin.At, PasswordLinkLives);

    public OutgoingMail OfConfirmation(User user, string handle, MailOrigin origin) => mails.Write(
        ConfirmAddress, user.Email!, user.Id,
        new MailText($"Confirm your e-mail address for {_host}", $"An account with the address {user.Email} was made at {_host}. Confirm that this address is yours.")
        {
            Link = new MailLink("Confirm the address", issuer.At("/confirm-address?link=" + handle), "The link works once, for a day."),
            Facts = Facts(origin),
            IfNotYou = $"If you made no account there, do not confirm it. You can take it over: choose “Forgotten your password?” at {issuer.At("/sign-in")}, and then remove it.",
        },
        origin.At, AddressLinkLives);

    public OutgoingMail OfNewAddress(User user, string email, string handle, MailOrigin origin) => mails.Write(
        NewAddress, email, user.Id,
        new MailText($"Confirm your new e-mail address for {_host}", $"Somebody wants to use the address {email} for their account at {_host}. If it was you, confirm it here.")
        {
            Link = new MailLink("Use this address", issuer.At("/confirm-address?link=" + handle), "The link works once, for a day. Until then the account keeps its old address."),
            Facts = Facts(origin),
            IfNotYou = "If it was not you, do nothing: without this link nobody can use your address.",
        },
        origin.At, AddressLinkLives);

    /// <summary>To the address that the account has still.</summary>
    public OutgoingMail OfAddressChanging(User user, string email, MailOrigin origin) => Notice(
        AddressChanging, user, user.Email!, origin, $"Your e-mail address at {_host} is about to change",
        $"Your account at {_host} will have the address {email} as soon as that is confirmed there.",
        $"If it was not you, change your password now at {issuer.At("/account/password")}: that stops it.");

    /// <summary>To the address that the account had.</summary>
    public OutgoingMail OfAddressChanged(User user, string old, MailOrigin origin) => Notice(
        AddressChanged, user, old, origin, $"Your e-mail address at {_host} was changed",
        $"Your account at {_host} has the address {user.Email} now. This one is not used for it any more.",
        "If it was not you, tell whoever runs that server at once.");

    public OutgoingMail OfPasswordChanged(User user, MailOrigin origin) => Notice(
        PasswordChanged, user, user.Email!, origin, $"Your password at {_host} was changed",
        $"The password of your account {user.Email} at {_host} was changed, and everybody who was signed in to it was signed out.", Recover);

    /// <param name="method">What one can sign in with from now on, in words.</param>
    public OutgoingMail OfSignInMethod(User user, string method, MailOrigin origin) => Notice(
        SignInMethod, user, user.Email!, origin, $"There is a new way to sign in to your account at {_host}",
        $"From now on one can sign in to your account {user.Email} at {_host} with {method}.", Recover);

    /// <param name="method">What one cannot sign in with any more, in words.</param>
    public OutgoingMail OfSignInMethodGone(User user, string method, MailOrigin origin) => Notice(
        SignInMethodGone, user, user.Email!, origin, $"A way to sign in to your account at {_host} was removed",
        $"From now on one cannot sign in to your account {user.Email} at {_host} with {method} any more. Whoever was signed in by it was signed out.", Recover);

    public OutgoingMail OfNewDevice(User user, MailOrigin origin) => OfNewDevice(user, origin, "from a browser that had not done so before");

    public OutgoingMail OfNewProgram(User user, MailOrigin origin) => OfNewDevice(user, origin, "through the API, with a program or from a network that was not seen before");

    private OutgoingMail OfNewDevice(User user, MailOrigin origin, string how) => Notice(
        NewDevice, user, user.Email!, origin, $"A new device signed in to your account at {_host}",
        $"Somebody signed in to your account {user.Email} at {_host} {how}.",
        $"If it was not you, change your password at {issuer.At("/account/password")}, which signs out everybody else, and look at {issuer.At("/account/sessions")}.");

    /// <param name="what">In a sentence.</param>
    public OutgoingMail OfSecondFactor(User user, string what, MailOrigin origin) => Notice(
        SecondFactor, user, user.Email!, origin, $"How you sign in at {_host} was changed", $"This is about your account {user.Email} at {_host}. {what}", Recover);

    /// <param name="left">How many are left.</param>
    public OutgoingMail OfRecoveryCode(User user, int left, MailOrigin origin) => Notice(
        RecoveryCodeUsed, user, user.Email!, origin, $"A recovery code was used at {_host}",
        $"Somebody signed in to your account {user.Email} at {_host} with a recovery code. "
        + (left <= RecoveryCodes.Few ? $"{(left == 0 ? "None is left" : left == 1 ? "One is left" : $"{left} are left")}: make new ones at {issuer.At("/account/recovery-codes")}." : $"{left} are left."),
        Recover);

    public OutgoingMail OfSecondFactorFailing(User user, MailOrigin origin) => Notice(
        SecondFactorFailing, user, user.Email!, origin, $"Somebody who knows your password tries to sign in at {_host}",
        $"Somebody typed the right password of your account {user.Email} at {_host}, and then several wrong codes. They are not signed in, and have to wait longer after each code.",
        $"If it was not you, change your password now at {issuer.At("/account/password")}.");

    public OutgoingMail OfPasskeyCopy(User user, MailOrigin origin) => Notice(
        PasskeyCopy, user, user.Email!, origin, $"A passkey of yours at {_host} may have been copied",
        $"A sign-in to your account {user.Email} at {_host} was refused, because the passkey counted backwards: that happens when somebody uses a copy of it. Nobody was signed in.",
        $"Whether or not it was you: remove that passkey at {issuer.At("/account/passkeys")}, and add a new one.");

    /// <summary>For whoever sets the server up, to see that mail arrives.</summary>
    public OutgoingMail OfTest(User user, MailOrigin origin) => Notice(
        Test, user, user.Email!, origin, $"Mail from {_host} arrives", $"This is the test mail that you asked for while setting up {_host}. Nothing has to be done.",
        "If it was not you, somebody else administers that server: look at who does.");

    private string Recover => $"If it was not you, choose “Forgotten your password?” at {issuer.At("/sign-in")} at once: that signs everybody out.";

    private OutgoingMail Notice(string kind, User user, string recipient, MailOrigin origin, string subject, string lead, string ifNotYou) =>
        mails.Write(kind, recipient, user.Id, new MailText(subject, lead) { Facts = Facts(origin), IfNotYou = ifNotYou }, origin.At, NoticeLives);

    private static MailFact[] Facts(MailOrigin origin) =>
    [
        new("When", origin.At.ToUniversalTime().ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC"),
        new("From", origin.Address),
        new("With", DeviceName.Of(origin.UserAgent)),
    ];
}

/// <summary>Who caused a mail: when, from which address, with which program.</summary>
public sealed record MailOrigin(DateTimeOffset At, string Address, string? UserAgent)
{
    public static MailOrigin Of(HttpContext http, DateTimeOffset now) => new(now, http.Address(), http.UserAgent());
}
