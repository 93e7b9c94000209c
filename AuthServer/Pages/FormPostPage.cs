namespace AuthServer.Pages;

public static class FormPostPage
{
    public static string Render(string action, IEnumerable<KeyValuePair<string, string>> fields) => action + string.Join("&", fields);
}
