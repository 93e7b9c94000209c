using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AuthServer.Accounts;

/// <summary>The sign-in cookie: its scheme, its claims, how it is sent, and when it is refused.</summary>
internal sealed class SessionCookie(IssuerUri issuer, AuthServerOptions options, RevocationIndex ended, RevocationFeed feed, SessionUse use)
    : IConfigureNamedOptions<CookieAuthenticationOptions>
{
    public const string Scheme = "session";
    public const string Subject = "sub";
    public const string SessionId = "sid";
    public const string AuthTime = "auth_time";
    public const string ShownAt = "shown_at";
    public const string Acr = "acr";
    public const string Amr = "amr";

    public void Configure(string? name, CookieAuthenticationOptions cookie)
    {
        if (name != Scheme)
        {
            return;
        }

        cookie.Cookie = CookieRules.For(issuer, "session");
        cookie.ExpireTimeSpan = options.Tokens.Session;

        // A session ends when it was said to end: staying active does not stretch it.
        cookie.SlidingExpiration = false;

        // The cookie's own age, not a date: the browser's clock need not agree with ours.
        cookie.Events.OnSigningIn = context =>
        {
            context.CookieOptions.MaxAge = options.Tokens.Session;
            return Task.CompletedTask;
        };
        cookie.Events.OnValidatePrincipal = async context =>
        {
            if (!feed.IsCurrent)
            {
                await feed.CatchUpAsync(context.HttpContext.RequestAborted);
            }

            if (SignInSessions.PersonOf(context.Principal) is not { } person || HasEnded(ended, person))
            {
                context.RejectPrincipal();
                return;
            }

            use.Note(person.SessionId);
        };

        // Pages decide themselves where somebody must go who is not signed in; an API never answers with a page.
        cookie.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        cookie.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
    }

    public void Configure(CookieAuthenticationOptions options) => Configure(null, options);

    internal static bool HasEnded(RevocationIndex ended, SignedInPerson person) =>
        ended.Ended(RevocationKind.Session, person.SessionId) || ended.EndedBefore(RevocationKind.Subject, person.Subject, person.AuthTime);

    private static Task Answer(Microsoft.AspNetCore.Authentication.RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
