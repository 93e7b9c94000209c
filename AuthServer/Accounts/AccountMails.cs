using AuthServer.Accounts.Strong;
using AuthServer.Http;
using AuthServer.Languages;
using AuthServer.Mail;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>The mails about an account: each kind's words stand here once.</summary>
public sealed class AccountMails(Mails mails, PersonLanguages languages, IssuerUri issuer)
{
    public const string ForgottenPassword = "forgotten_password";
    public const string ConfirmAddress = "confirm_address";
    public const string NewAddress = "new_address";

    /// <summary>Those that hold a link which opens something.</summary>
    internal static readonly IReadOnlyList<string> Links = [ForgottenPassword, ConfirmAddress, NewAddress];

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

    public OutgoingMail OfForgottenPassword(User user, string handle, MailOrigin origin)
    {
        var say = languages.Of(user, origin.Reading);
        var text = new MailText(say.T("Set a new password for {0}", _host), say.T("Somebody asked for a new password for the account {0} at {1}. If it was you, choose one here.", user.Email, _host))
        {
            Language = say.Tag,
            Link = new MailLink(say.T("Choose a new password"), issuer.At("/reset-password?link=" + handle), say.T("The link works once, for 30 minutes, and only the newest one does.")),
            Facts = Facts(say, origin),
            IfNotYou = say.T("If it was not you, do nothing: your password stays as it is, and nobody can use this link without this mail."),
        };
        return mails.Write(ForgottenPassword, user.Email!, user.Id, text, origin.At, PasswordLinkLives);
    }

    public OutgoingMail OfConfirmation(User user, string handle, MailOrigin origin)
    {
        var say = languages.Of(user, origin.Reading);
        var text = new MailText(
            say.T("Confirm your e-mail address for {0}", _host), say.T("An account with the address {0} was made at {1}. Confirm that this address is yours.", user.Email, _host))
        {
            Language = say.Tag,
            Link = new MailLink(say.T("Confirm the address"), issuer.At("/confirm-address?link=" + handle), say.T("The link works once, for a day.")),
            Facts = Facts(say, origin),
            IfNotYou = say.T("If you made no account there, do not confirm it. You can take it over: choose “Forgotten your password?” at {0}, and then remove it.", issuer.At("/sign-in")),
        };
        return mails.Write(ConfirmAddress, user.Email!, user.Id, text, origin.At, AddressLinkLives);
    }

    public OutgoingMail OfNewAddress(User user, string email, string handle, MailOrigin origin)
    {
        var say = languages.Of(user, origin.Reading);
        var text = new MailText(
            say.T("Confirm your new e-mail address for {0}", _host), say.T("Somebody wants to use the address {0} for their account at {1}. If it was you, confirm it here.", email, _host))
        {
            Language = say.Tag,
            Link = new MailLink(say.T("Use this address"), issuer.At("/confirm-address?link=" + handle), say.T("The link works once, for a day. Until then the account keeps its old address.")),
            Facts = Facts(say, origin),
            IfNotYou = say.T("If it was not you, do nothing: without this link nobody can use your address."),
        };
        return mails.Write(NewAddress, email, user.Id, text, origin.At, AddressLinkLives);
    }

    /// <summary>To the address that the account has still.</summary>
    public OutgoingMail OfAddressChanging(User user, string email, MailOrigin origin) => Notice(AddressChanging, user, user.Email!, origin, say => (
        say.T("Your e-mail address at {0} is about to change", _host),
        say.T("Your account at {0} will have the address {1} as soon as that is confirmed there.", _host, email),
        say.T("If it was not you, change your password now at {0}: that stops it.", issuer.At("/account/password"))));

    /// <summary>To the address that the account had.</summary>
    public OutgoingMail OfAddressChanged(User user, string old, MailOrigin origin) => Notice(AddressChanged, user, old, origin, say => (
        say.T("Your e-mail address at {0} was changed", _host),
        say.T("Your account at {0} has the address {1} now. This one is not used for it any more.", _host, user.Email),
        say.T("If it was not you, tell whoever runs that server at once.")));

    public OutgoingMail OfPasswordChanged(User user, MailOrigin origin) => Notice(PasswordChanged, user, user.Email!, origin, say => (
        say.T("Your password at {0} was changed", _host),
        say.T("The password of your account {0} at {1} was changed, and everybody who was signed in to it was signed out.", user.Email, _host),
        Recover(say)));

    /// <param name="method">What one can sign in with from now on, by its name; null: a password.</param>
    public OutgoingMail OfSignInMethod(User user, string? method, MailOrigin origin) => Notice(SignInMethod, user, user.Email!, origin, say => (
        say.T("There is a new way to sign in to your account at {0}", _host),
        say.T("From now on one can sign in to your account {0} at {1} with {2}.", user.Email, _host, method ?? say.T("a password")),
        Recover(say)));

    /// <param name="method">What one cannot sign in with any more, in words.</param>
    public OutgoingMail OfSignInMethodGone(User user, string method, MailOrigin origin) => Notice(SignInMethodGone, user, user.Email!, origin, say => (
        say.T("A way to sign in to your account at {0} was removed", _host),
        say.T("From now on one cannot sign in to your account {0} at {1} with {2} any more. Whoever was signed in by it was signed out.", user.Email, _host, method),
        Recover(say)));

    public OutgoingMail OfNewDevice(User user, MailOrigin origin) => OfNewDevice(
        user, origin, say => say.T("Somebody signed in to your account {0} at {1} from a browser that had not done so before.", user.Email, _host));

    public OutgoingMail OfNewProgram(User user, MailOrigin origin) => OfNewDevice(
        user, origin, say => say.T("Somebody signed in to your account {0} at {1} through the API, with a program or from a network that was not seen before.", user.Email, _host));

    private OutgoingMail OfNewDevice(User user, MailOrigin origin, Func<Language, string> how) => Notice(NewDevice, user, user.Email!, origin, say => (
        say.T("A new device signed in to your account at {0}", _host),
        how(say),
        say.T("If it was not you, change your password at {0}, which signs out everybody else, and look at {1}.", issuer.At("/account/password"), issuer.At("/account/sessions"))));

    /// <param name="what">In a sentence; a key of the texts.</param>
    public OutgoingMail OfSecondFactor(User user, string what, MailOrigin origin) => Notice(SecondFactor, user, user.Email!, origin, say => (
        say.T("How you sign in at {0} was changed", _host),
        say.T("This is about your account {0} at {1}. {2}", user.Email, _host, say.T(what)),
        Recover(say)));

    /// <param name="left">How many are left.</param>
    public OutgoingMail OfRecoveryCode(User user, int left, MailOrigin origin) => Notice(RecoveryCodeUsed, user, user.Email!, origin, say => (
        say.T("A recovery code was used at {0}", _host),
        say.T("Somebody signed in to your account {0} at {1} with a recovery code. {2}", user.Email, _host, Left(say, left)),
        Recover(say)));

    public OutgoingMail OfSecondFactorFailing(User user, MailOrigin origin) => Notice(SecondFactorFailing, user, user.Email!, origin, say => (
        say.T("Somebody who knows your password tries to sign in at {0}", _host),
        say.T(
            "Somebody typed the right password of your account {0} at {1}, and then several wrong codes. They are not signed in, and have to wait longer after each code.", user.Email, _host),
        say.T("If it was not you, change your password now at {0}.", issuer.At("/account/password"))));

    public OutgoingMail OfPasskeyCopy(User user, MailOrigin origin) => Notice(PasskeyCopy, user, user.Email!, origin, say => (
        say.T("A passkey of yours at {0} may have been copied", _host),
        say.T(
            "A sign-in to your account {0} at {1} was refused, because the passkey counted backwards: that happens when somebody uses a copy of it. Nobody was signed in.", user.Email, _host),
        say.T("Whether or not it was you: remove that passkey at {0}, and add a new one.", issuer.At("/account/passkeys"))));

    /// <summary>For whoever sets the server up, to see that mail arrives.</summary>
    public OutgoingMail OfTest(User user, MailOrigin origin) => Notice(Test, user, user.Email!, origin, say => (
        say.T("Mail from {0} arrives", _host),
        say.T("This is the test mail that you asked for while setting up {0}. Nothing has to be done.", _host),
        say.T("If it was not you, somebody else administers that server: look at who does.")));

    private string Left(Language say, int left) => (left, issuer.At("/account/recovery-codes")) switch
    {
        (0, var at) => say.T("None is left: make new ones at {0}.", at),
        (1, var at) => say.T("One is left: make new ones at {0}.", at),
        ( <= RecoveryCodes.Few, var at) => say.T("{0} are left: make new ones at {1}.", left, at),
        _ => say.T("{0} are left.", left),
    };

    private string Recover(Language say) => say.T("If it was not you, choose “Forgotten your password?” at {0} at once: that signs everybody out.", issuer.At("/sign-in"));

    private OutgoingMail Notice(string kind, User user, string recipient, MailOrigin origin, Func<Language, (string Subject, string Lead, string IfNotYou)> write)
    {
        var say = languages.Of(user, origin.Reading);
        var (subject, lead, ifNotYou) = write(say);
        return mails.Write(kind, recipient, user.Id, new MailText(subject, lead) { Language = say.Tag, Facts = Facts(say, origin), IfNotYou = ifNotYou }, origin.At, NoticeLives);
    }

    private static MailFact[] Facts(Language say, MailOrigin origin) =>
    [
        new(say.T("When"), say.Moment(origin.At)),
        new(say.T("From"), origin.Address),
        new(say.T("With"), DeviceName.Of(origin.UserAgent, say)),
    ];
}

/// <summary>Who caused a mail: when, from which address, with which program.</summary>
/// <param name="Reading">The language in which they read; null: nobody knows.</param>
public sealed record MailOrigin(DateTimeOffset At, string Address, string? UserAgent, string? Reading = null)
{
    public static MailOrigin Of(HttpContext http, DateTimeOffset now) => new(now, http.Address(), http.UserAgent(), Language.Current.Tag);
}
