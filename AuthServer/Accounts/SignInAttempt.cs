namespace AuthServer.Accounts;

/// <summary>Who tries to sign in to what.</summary>
/// <param name="Account">The normalized e-mail address, whether or not anybody has it.</param>
/// <param name="Network">The caller's address, of IPv6 its network.</param>
/// <param name="Device">Null: a browser that has never signed in to this account.</param>
public sealed record SignInAttempt(string Account, string Network, string? Device)
{
    internal string Pair => Account + "\n" + (Device ?? Network);
}
