using AuthServer.Accounts;

namespace AuthServer.Pages.Admin;

/// <summary>What each page for administrators needs to know who reads it.</summary>
public sealed class AdminDesk(SignedInReader signedIn, Administrators administrators, Presence presence)
{
    public SignedInReader SignedIn { get; } = signedIn;

    public Administrators Administrators { get; } = administrators;

    public Presence Presence { get; } = presence;
}
