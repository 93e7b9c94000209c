namespace AuthServer.Branding;

/// <summary>What brands leave in the trail.</summary>
public static class BrandEvents
{
    public const string Changed = "branding.changed";

    /// <summary>All of it was taken back, the logo included.</summary>
    public const string Reset = "branding.reset";

    public const string LogoChanged = "branding.logo_changed";
    public const string LogoRemoved = "branding.logo_removed";
}
