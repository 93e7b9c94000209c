namespace AuthServer.Http;

/// <summary>Who this server is: the same bytes in every document, token and answer. Never taken from a request.</summary>
/// <param name="Value">An absolute URL without trailing slash.</param>
public sealed record IssuerUri(string Value)
{
    public bool IsHttps { get; } = Value.StartsWith("https://", StringComparison.Ordinal);

    /// <summary>The address of one of our own routes.</summary>
    public string At(string path) => Value + path;

    /// <summary>Where the code of an error is explained, with cause and cure.</summary>
    public string ErrorPage(string code) => At("/docs/errors#" + code);

    public override string ToString() => Value;
}
