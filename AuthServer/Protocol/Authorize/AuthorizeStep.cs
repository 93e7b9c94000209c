using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;

namespace AuthServer.Protocol.Authorize;

/// <summary>What comes next for an authorization request. Pages never call one another: each saves its fact and returns here.</summary>
public abstract record AuthorizeStep
{
    private AuthorizeStep()
    {
    }

    public sealed record SignIn : AuthorizeStep;

    public sealed record SelectAccount : AuthorizeStep;

    public sealed record Consent : AuthorizeStep;

    public sealed record Refuse(OAuthError Error) : AuthorizeStep;

    /// <param name="Authorization">Where the rights come from; null: the operator consents for everybody, and the record is still to be made.</param>
    public sealed record Issue(SignedInPerson Person, RememberedAuthorization? Authorization, IReadOnlyList<string> Scopes) : AuthorizeStep;

    /// <summary>How old a sign-in may be by which something critical is allowed.</summary>
    public static readonly TimeSpan FreshSignIn = TimeSpan.FromMinutes(5);

    /// <param name="person">Who is signed in, in this browser.</param>
    /// <param name="interaction">The facts that pages have saved; null while no page was needed.</param>
    /// <param name="remembered">The person's live authorizations of this client, and the one that this interaction made.</param>
    /// <param name="factors">What the person has that is stronger than a password; none is enough where <see cref="AuthorizeRequest.AsksForStrength"/> is false.</param>
    public static AuthorizeStep Next(
        AuthorizeRequest request,
        SignedInPerson? person,
        StoredAuthorizationRequest? interaction,
        IReadOnlyList<RememberedAuthorization> remembered,
        DateTimeOffset now,
        Factors factors = Factors.None) => Answered(request, Decide(request, person, interaction, remembered, now, factors));

    /// <summary>The client is told the context that it asked for where the sign-in is stronger than that (OIDC Core §5.5.1.1: one of those it named).</summary>
    private static AuthorizeStep Answered(AuthorizeRequest request, AuthorizeStep step) =>
        step is Issue issue && Acr.Satisfied(request.AskedAcr, issue.Person.Acr) is { } acr ? issue with { Person = issue.Person with { Acr = acr } } : step;

    private static AuthorizeStep Decide(
        AuthorizeRequest request,
        SignedInPerson? person,
        StoredAuthorizationRequest? interaction,
        IReadOnlyList<RememberedAuthorization> remembered,
        DateTimeOffset now,
        Factors factors)
    {
        var silent = request.Prompt.HasFlag(Prompts.None);
        if (person is null || MustSignInAgain(request, person, interaction, now))
        {
            return silent ? new Refuse(OAuthError.LoginRequired) : new SignIn();
        }

        // What an agent filed is for one person: whoever else opens it is asked to sign in as them, and can spoil nothing.
        if (interaction?.OnlySubject is { } only && only != person.Subject)
        {
            return new SignIn();
        }

        // OIDC Core §3.1.2.2: an answer for somebody else than the one the client named would be a mix-up.
        if (request.ExpectedSubject is { } expected && expected != person.Subject)
        {
            return silent || interaction is not null ? new Refuse(OAuthError.LoginRequired) : new SignIn();
        }

        if (request.AskedAcr.Count > 0 && Acr.Satisfied(request.AskedAcr, person.Acr) is null)
        {
            // Whoever another provider vouched for may have a password here as well. All others are asked once: what they do not show then cannot be reached.
            var mayHavePassword = person.Acr == Acr.External && request.Claims.EssentialAcr.Contains(Acr.Password);
            if (!silent && Acr.CanReach(request.AskedAcr, factors) && (mayHavePassword || !ShownFor(interaction, person)))
            {
                return new SignIn();
            }

            if (request.Claims.EssentialAcr.Count > 0)
            {
                return new Refuse(new OAuthError("unmet_authentication_requirements", "The authentication context that was asked for cannot be reached."));
            }
        }

        if (request.Prompt.HasFlag(Prompts.SelectAccount) && interaction?.SelectedSubject != person.Subject
            && !SignedInFor(interaction, person))
        {
            return new SelectAccount();
        }

        return Consented(request, person, interaction, remembered, now, factors, silent);
    }

    private static AuthorizeStep Consented(
        AuthorizeRequest request,
        SignedInPerson person,
        StoredAuthorizationRequest? interaction,
        IReadOnlyList<RememberedAuthorization> remembered,
        DateTimeOffset now,
        Factors factors,
        bool silent)
    {
        // An answer counts only for the person who gave it: another who signs in meanwhile is asked anew.
        if (interaction?.ConsentSubject == person.Subject)
        {
            return interaction.AuthorizationId is null
                ? new Refuse(OAuthError.AccessDenied("The person refused.", "person_refused"))
                : remembered.FirstOrDefault(a => a.Id == interaction.AuthorizationId) is { } answered
                    ? new Issue(person, answered, [.. request.Target.Scopes.Where(answered.Scopes.Contains)])
                    : new Refuse(OAuthError.AccessDenied("The consent was taken back.", "consent_revoked"));
        }

        // Any program can pose as a client that nobody vouches for: not even the operator consents for everybody there.
        var assured = request.Client.IdentityIsAssured(request.Redirect.Uri);
        if (request.Client.ConsentType == ConsentType.Implicit && assured && !request.Prompt.HasFlag(Prompts.Consent))
        {
            var standing = remembered.FirstOrDefault(a => a.Covers(request, now));
            return new Issue(person, standing, request.Target.Scopes);
        }

        // What was allowed before is given anew on the same condition as it was allowed on.
        var mustSignIn = MustSignInToAllow(request, person, interaction, now, factors);
        var mayReuse = request.Client.ConsentType != ConsentType.Systematic
            && !request.Prompt.HasFlag(Prompts.Consent)
            && assured;
        if (mayReuse && remembered.FirstOrDefault(a => a.Covers(request, now)) is { } earlier)
        {
            return !mustSignIn ? new Issue(person, earlier, request.Target.Scopes)
                : silent ? new Refuse(OAuthError.LoginRequired)
                : new SignIn();
        }

        return silent || request.Client.ConsentType == ConsentType.External ? new Refuse(OAuthError.ConsentRequired)
            : mustSignIn ? new SignIn()
            : new Consent();
    }

    /// <summary>Whether this person must sign in once more before they may allow what is asked: just now, and with what they have that is stronger than a password.</summary>
    public static bool MustSignInToAllow(AuthorizeRequest request, SignedInPerson person, StoredAuthorizationRequest? interaction, DateTimeOffset now, Factors factors) =>
        request.IsCritical && ((now - person.ShownAt > FreshSignIn && !ShownFor(interaction, person)) || (factors != Factors.None && !Acr.IsStrong(person.Acr)));

    private static bool SignedInFor(StoredAuthorizationRequest? interaction, SignedInPerson person) =>
        interaction is { IsFiled: false } && person.AuthTime >= interaction.CreatedAt;

    private static bool ShownFor(StoredAuthorizationRequest? interaction, SignedInPerson person) =>
        interaction is { IsFiled: false } && person.ShownAt >= interaction.CreatedAt;

    /// <summary>prompt=login and max_age ask for a sign-in that is new to this request, or young enough.</summary>
    private static bool MustSignInAgain(AuthorizeRequest request, SignedInPerson person, StoredAuthorizationRequest? interaction, DateTimeOffset now)
    {
        return !ShownFor(interaction, person)
            && (request.Prompt.HasFlag(Prompts.Login) || (request.MaxAge is { } maxAge && now - person.ShownAt > maxAge) || request.MaxAge == TimeSpan.Zero);
    }
}
