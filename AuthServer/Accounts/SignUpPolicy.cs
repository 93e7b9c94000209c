namespace AuthServer.Accounts;

/// <summary>Who may make an account, and who an organization, with the environment's default already resolved.</summary>
public sealed record SignUpPolicy(SignUpMode People, SignUpMode Developers);
