namespace AuthServer.Docs.Errors;

/// <summary>What is wrong with a request, whoever sends it.</summary>
internal static class RequestErrors
{
    public static ErrorSection Section { get; } = new(
        "Any request of the REST API",
        "What is wrong with the request itself.",
        [
            new("not_found", "404", "There is no such thing, or it is not yours: the two look alike.", "Check the id and the organization that you act for."),
            new("method_not_allowed", "405", "The route is there, but not for this method.", "Use one of the methods of the `Allow` header."),
            new("content_type", "415", "The body is not declared as what it has to be: JSON, or the kind of the picture.", "Send `Content-Type: application/json`, and for a logo that of the picture."),
            new("malformed_json", "400", "The body is not one JSON object, has a member twice, or text in it is no text.", "Send one object. Duplicate members are refused, because two readers could read two things."),
            new("unreadable", "400, or an account's state", "The body broke off, or could not be read; of an account: what is stored cannot be opened.", "Send the request again. For an account, connect it again; if all have this, restore the [vault's keys](vault.md)."),
            new("too_large", "413", "The body is larger than 64 KiB, or a logo larger than 256 KiB.", "Send less at once, or a smaller picture."),
            new("stale_version", "412", "It was changed since you read it.", "Read it again, and repeat the change with its present `ETag` in `If-Match`."),
            new("changed_meanwhile", "409", "Somebody else changed it at the same moment.", "Read it again, and repeat the change if it is still right."),
            new("not_ready", "503", "The server, or its database, cannot do its work at the moment.", "Try again later; operators see why at `/health/ready` and in the log."),
            new("mcp_origin", "403", "A web page of an origin that is not admitted called the MCP endpoint.", "Call from a program, or register the origin as the client's redirect address."),
            new("mcp_header_mismatch", "400", "A header of the MCP request says something else than its message.", "Send `MCP-Protocol-Version` and the other headers as the message has them."),
            new("mcp_session", "404", "There is no such MCP session, or it is another caller's.", "Send `initialize` again."),
            new("invalid_arguments", "MCP tool", "An argument is missing or unknown, or has a value that the tool does not take.", "Look at the tool's input schema."),
        ]);
}
