namespace AuthServer.Accounts;

/// <summary>What somebody sent to sign in through the API. No record: it must never be printed.</summary>
public class Credentials
{
    public string? Email { get; init; }

    public string? Password { get; init; }

    /// <summary>Of the person's authenticator app, or a recovery code, where the password is not enough.</summary>
    public string? Code { get; init; }
}

/// <summary>What somebody sent to make an account through the API.</summary>
public class NewAccount
{
    public string? Name { get; init; }

    public string? Email { get; init; }

    public string? Password { get; init; }

    /// <summary>The invitation that the server asks for where it is not open to everybody.</summary>
    public string? Invitation { get; init; }
}
