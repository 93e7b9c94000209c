namespace AuthServer.Docs.Errors;

/// <summary>A person's own account.</summary>
internal static class PersonErrors
{
    public static ErrorSection Section { get; } = new(
        "A person's own account",
        "See [people](people.md), [passkeys and second factors](strong-sign-in.md) and [sign-in by other providers](external-sign-in.md).",
        [
            new("sign_up_closed", "403", "This server is by invitation, and none that is good was sent.", "Ask for an invitation; operators open it by `AuthServer:SignUp:People`."),
            new("password", "403", "This is not the password of the account.", "Type it again, or set a new one by mail."),
            new("code", "403", "This is not the code that the app shows now.", "Wait for the next one, and check the device's clock."),
            new("passkey", "403", "The passkey was not accepted.", "Add it once more; a page that is open for more than five minutes is too old."),
            new("too_many", "409", "You have all the passkeys that an account can have.", "Remove one first."),
            new("last_way", "409", "This is the only way in to your account.", "Set a password, or add another passkey, first."),
            new("last_administrator", "409", "Nobody else administers this server.", "Make somebody else an administrator first, at `/admin/people`."),
            new("gone", "409", "It was done already, was changed meanwhile, or has expired.", "Look at it again, and begin again if need be."),
            new("expired", "409", "The page was open for too long.", "Begin again."),
            new("linked_elsewhere", "409", "The provider's account is linked to another account here.", "Sign in to that one to unlink it, or choose another."),
            new("other_person", "403, or a link that failed", "Somebody else is signed in than the one who began this.", "Sign in as that person, and begin again."),
        ]);
}
