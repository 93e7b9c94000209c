namespace AuthServer.Pages;

/// <summary>An organization's invitation, carried from page to page until it is accepted.</summary>
internal static class InvitationLink
{
    public static string Of(string path, string? token) => string.IsNullOrEmpty(token) ? path : $"{path}?join={Uri.EscapeDataString(token)}";
}
