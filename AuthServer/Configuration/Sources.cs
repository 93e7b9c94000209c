namespace AuthServer.Configuration;

/// <summary>Who made a row where it was not a person.</summary>
public static class Sources
{
    public const string Configuration = "configuration";
    public const string Demo = "demo";
}
