using AuthServer.Http;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Mcp;

/// <summary>Reads the body of a request to the MCP server: one message, of 64 KiB at most.</summary>
internal static class McpBody
{
    private static readonly Problem TooLarge = new(StatusCodes.Status413PayloadTooLarge, "too_large", "The request body is larger than 64 KiB.");

    public static async Task<Answer<McpMessage>> ReadAsync(HttpContext http)
    {
        // RFC 8259 §8.1: in UTF-8. In another encoding two readers could each read another message.
        if (!http.Request.HasJsonContentType() || http.Request.GetTypedHeaders().ContentType is { Charset: { HasValue: true } charset } && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return Problem.NoJson;
        }

        using var body = new MemoryStream();
        try
        {
            // The server's own limit ends a longer one.
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge : Problem.Malformed("unreadable", "The request body could not be read.");
        }

        return body.Length > RequestForm.LargestBody ? TooLarge
            : McpMessage.Read(body.ToArray()) is { } message ? message
            : Problem.Malformed("malformed_json", "The body must be one JSON-RPC message, without batches and without a member twice.");
    }
}
