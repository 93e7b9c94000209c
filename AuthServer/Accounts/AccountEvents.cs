namespace AuthServer.Accounts;

/// <summary>What people's accounts leave in the trail, besides sign-ins and what the protocol knows.</summary>
public static class AccountEvents
{
    /// <summary>Somebody asked for a link to a new password.</summary>
    public const string PasswordForgotten = "user.password_forgotten";

    /// <summary>A new password was set by such a link.</summary>
    public const string PasswordReset = "user.password_reset";

    /// <summary>The person showed that they read their address.</summary>
    public const string AddressConfirmed = "user.address_confirmed";

    /// <summary>The person asked for another address.</summary>
    public const string AddressChangeAsked = "user.address_change_asked";

    public const string AddressChanged = "user.address_changed";

    /// <summary>The person says differently what they are called. The trail does not keep how.</summary>
    public const string NameChanged = "user.name_changed";

    /// <summary>An operator made somebody an administrator, or took that away.</summary>
    public const string AdministratorChanged = "user.administrator_changed";

    /// <summary>An administrator has closed the account to its person, and ended all that it had.</summary>
    public const string Disabled = "user.disabled";

    public const string Enabled = "user.enabled";

    /// <summary>An administrator made a link by which somebody can register.</summary>
    public const string Invited = "user.invited";
}
