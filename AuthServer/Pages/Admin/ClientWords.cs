using AuthServer.Administration;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>What pages say of applications.</summary>
internal static class ClientWords
{
    public static string NameOf(ClientSource source) => source switch
    {
        ClientSource.Configuration => T("Configuration"),
        ClientSource.Demo => T("Demo"),
        ClientSource.Registered => T("Registered itself"),
        ClientSource.Document => T("Metadata document"),
        ClientSource.Agent => T("Agent"),
        ClientSource.Organization => T("Application of an organization"),
        ClientSource.Resource => T("API of an organization"),
        _ => T("Database"),
    };
}
