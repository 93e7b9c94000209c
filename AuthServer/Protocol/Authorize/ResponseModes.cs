namespace AuthServer.Protocol.Authorize;

/// <summary>How an authorization response travels. <c>fragment</c> is not for codes: it would show them to every script of the page.</summary>
public static class ResponseModes
{
    public const string Query = "query";
    public const string FormPost = "form_post";

    public static IReadOnlyList<string> All { get; } = [Query, FormPost];
}
