namespace AuthServer.Accounts;

/// <summary>A person as the API tells of them, to themselves.</summary>
public sealed record Profile(string Id, string? Email, string? Name, DateTimeOffset CreatedAt)
{
    public static Profile Of(User user) => new(user.Id, user.Email, user.Name, user.CreatedAt);
}

/// <summary>The answer to whoever asks for themselves.</summary>
public sealed record ProfileAnswer(Profile User);

/// <summary>A person who has just signed in. No record: it holds a token.</summary>
public sealed class SignedInProfile(User user, LoginToken login)
{
    public Profile User { get; } = Profile.Of(user);

    public string Token { get; } = login.Token;

    public DateTimeOffset ExpiresAt { get; } = login.ExpiresAt;
}
