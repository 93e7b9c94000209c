using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Consents;
using AuthServer.ExternalSignIn;
using AuthServer.Http.Api;
using AuthServer.Mail;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Account;

/// <summary>Who the person is here, how they sign in and where, and what is kept of them: each with the way to change it.</summary>
public sealed class AccountModel(
    SignedInReader signedIn, AccountDownload download, PasswordChange passwords, OwnPasskeys passkeys, OwnAuthenticator authenticators, ExternalLinks links,
    OwnSessions sessions, PersonalConsents consents, Mails mails) : PageModel
{
    private static readonly JsonSerializerOptions Readable = new(ApiJson.Options) { WriteIndented = true };

    public PersonClaims Person { get; private set; } = null!;

    public DateTimeOffset SignedInSince { get; private set; }

    public bool HasPassword { get; private set; }

    public bool HasApp { get; private set; }

    public int Passkeys { get; private set; }

    public int CodesLeft { get; private set; }

    /// <summary>Accounts of other providers that open this one.</summary>
    public int Linked { get; private set; }

    /// <summary>Browsers in which the person is signed in.</summary>
    public int Sessions { get; private set; }

    /// <summary>How many act for the person.</summary>
    public int Acting { get; private set; }

    /// <summary>More than a password guards the account.</summary>
    public bool IsStrong => Passkeys > 0 || HasApp;

    /// <summary>Without mail no address can be confirmed.</summary>
    public bool IsMailed => mails.AreSent;

    public bool PasswordChanged => Request.Query["password"] == "changed";

    public CultureInfo Culture => CultureInfo.InvariantCulture;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        (Person, SignedInSince) = (reader.Claims, reader.Person.AuthTime.ToUniversalTime());
        var userId = reader.Person.Subject;
        HasPassword = await passwords.HasPasswordAsync(userId, ct);
        HasApp = await authenticators.FindAsync(userId, ct) is not null;
        CodesLeft = await authenticators.CountCodesAsync(userId, ct);
        (Passkeys, Linked) = ((await passkeys.ListAsync(userId, ct)).Count, (await links.ListAsync(userId, ct)).Count);
        Sessions = (await sessions.ListAsync(reader.Person, ct)).Count;
        Acting = ActingConsents.Of(await consents.ListAsync(userId, ct)).Count(one => one.ActsNow);
        return Page();
    }

    /// <summary>Everything that is kept of the person, as a file for them.</summary>
    public async Task<IActionResult> OnGetDataAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        var person = reader.Person;
        return (await download.ReadAsync(Http.Api.Person.Of(person), person.Subject, ct)).Failed(out _, out var data)
            ? NotFound()
            : File(JsonSerializer.SerializeToUtf8Bytes(data, Readable), MediaTypeNames.Application.Json, "authserver-data.json");
    }
}
