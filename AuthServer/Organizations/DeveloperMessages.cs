using AuthServer.Accounts;

namespace AuthServer.Organizations;

/// <summary>What a developer sent to make an account and an organization.</summary>
public sealed class NewDeveloper : NewAccount
{
    /// <summary>Null: the developer's own name.</summary>
    public string? OrganizationName { get; init; }
}

/// <summary>What a developer sent to sign in.</summary>
public sealed class DeveloperCredentials : Credentials
{
    /// <summary>Null: the organization that they joined first.</summary>
    public string? OrganizationId { get; init; }
}

/// <summary>A person in their organization.</summary>
public sealed record DeveloperProfile(string Id, string? Name, string? Email, Role Role, string OrganizationId, DateTimeOffset CreatedAt)
{
    public static DeveloperProfile Of(User user, Member member) =>
        new(user.Id, user.Name, user.Email, member.Role, member.OrganizationId, user.CreatedAt);
}

/// <summary>The answer to whoever asks for themselves.</summary>
/// <param name="Key">By which key they ask; null: as a person.</param>
public sealed record DeveloperAnswer(DeveloperProfile Developer, OrganizationDetail Organization, KeyDetail? Key);

/// <summary>A developer who has just signed in. No record: it holds a token.</summary>
public class SignedInDeveloper(DeveloperProfile developer, LoginToken login)
{
    public DeveloperProfile Developer { get; } = developer;

    public string Token { get; } = login.Token;

    public DateTimeOffset ExpiresAt { get; } = login.ExpiresAt;
}

/// <summary>A developer who has just registered, with the first key, which is shown this once.</summary>
public sealed class RegisteredDeveloper(DeveloperProfile developer, OrganizationDetail organization, string apiKey, LoginToken login)
    : SignedInDeveloper(developer, login)
{
    public OrganizationDetail Organization { get; } = organization;

    public string ApiKey { get; } = apiKey;
}
