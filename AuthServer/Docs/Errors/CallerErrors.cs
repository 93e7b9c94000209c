namespace AuthServer.Docs.Errors;

/// <summary>Who calls, and whether they may.</summary>
internal static class CallerErrors
{
    public static ErrorSection Section { get; } = new(
        "Who calls, and whether they may",
        "What a caller proves, and what their role, key or token reaches.",
        [
            new("unauthenticated", "401", "There is no credential, or it is unknown, expired, revoked or not for this route. Signing in: the address or the password is wrong.", "Send a developer key, an agent's key, a token or the browser's session, whichever the route takes."),
            new("several_credentials", "400", "The request holds more than one credential.", "Send one: nobody should have to guess which counts."),
            new("organization_missing", "400", "You are a member of several organizations, and none is named.", "Name one in the `X-Organization` header."),
            new("no_member", "403", "You are not, or no longer, a member of this organization.", "Ask for an [invitation](organizations.md)."),
            new("role", "403", "Your role, or your key's, is too low for this; nobody gives a role above their own.", "Ask an admin or the owner."),
            new("members_only", "403", "This is for members and their keys. No scope opens it to an agent.", "Use a developer key, or sign in."),
            new("people_only", "403", "This is for a person who is signed in.", "Let the person do it in their browser, or with a token of their own."),
            new("cross_site", "403", "A browser session was used from a page of another site.", "Call from this server's own pages, or with a key or a token."),
            new("client_only", "403", "An API proves itself here by its client's credential or its organization's key.", "Send one of those; who only holds the token sends no credential at all."),
            new("no_api", "403", "This client is not an API of an organization.", "Use the credential of a registered [API](resource-servers.md)."),
            new("by_certificate", "403", "A certificate makes no certificates.", "Use a developer key, or sign in."),
            new("acts_for_another", "403", "The token is a delegated one: it manages nobody's agents, keys or accounts.", "Use a credential of the agent itself, or of a member."),
            new("sign_in_again", "403", "This takes a fresh sign-in, or one with a passkey or a second factor.", "Sign in again, and repeat it within five minutes."),
            new("fresh_sign_in_needed", "403", "What is asked for can do great harm: it takes a sign-in of the last five minutes.", "Sign in once more, then approve."),
            new("browser_needed", "403", "A person answers in their own browser.", "Send the person to the page of the consent or the approval; nobody answers for them."),
            new("second_factor_required", "401", "The account asks for a second factor.", "Send a code of the authenticator app, or a recovery code, as `code`."),
            new("second_factor_wrong", "401", "The code is wrong, or was used before.", "Wait for the next code; check the device's clock."),
        ]);
}
