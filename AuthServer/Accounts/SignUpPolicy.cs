namespace AuthServer.Accounts;

/// <summary>Who may make an account, who an organization, and which agents may register themselves, with the environment's default already resolved.</summary>
public sealed record SignUpPolicy(SignUpMode People, SignUpMode Developers, SignUpMode Agents);
