namespace AuthServer.Docs.Errors;

/// <summary>Connections, accounts and calls through the vault.</summary>
internal static class VaultErrors
{
    public static ErrorSection Section { get; } = new(
        "The vault",
        "See [connections](connections.md), [connected accounts](connected-accounts.md), [calls through the vault](proxy.md) and [tools](tools.md).",
        [
            new("incomplete", "409", "The connection lacks what an active one needs.", "Fill in the fields that `errors` names."),
            new("invalid_state", "409", "The connection cannot go from its present state to this one.", "Look at its state first."),
            new("name_taken", "409", "Another connection of the organization has this name.", "Choose another name."),
            new("too_many_connections", "409", "The organization has all the connections that it can have.", "Delete those that nobody uses."),
            new("in_use", "409", "Accounts are connected by it.", "Delete them first, or send `force=true`: their tokens are deleted with it."),
            new("not_editable", "403", "You can see the connection, but its access does not let you change it.", "Ask one of its editors, or an admin."),
            new("not_usable", "403", "The connection's access does not let you use it.", "Ask an admin to add you, or the agent, to its access."),
            new("connection_access", "403", "You may see this connection, and not use it.", "Ask an admin to add you to its access."),
            new("connection_inactive", "409, or a link that failed", "The connection is not active: nothing is called or linked by it.", "Activate it, or ask the organization whose it is."),
            new("provider_gone", "409", "The connection's provider is not there any more.", "Describe the provider again, or delete the connection."),
            new("no_accounts", "409", "The connection has an API key, and no accounts.", "Call by the connection itself."),
            new("no_connection", "404", "There is no connection of this provider that you could use.", "Make one, or ask for access to it."),
            new("too_many_accounts", "409", "The connection has all the accounts that it can have.", "Disconnect those that nobody uses."),
            new("account_missing", "409", "No account that you may use is connected.", "Let its owner connect one."),
            new("account_needed", "409", "The connection has no API key of its own.", "Call by one of its connected accounts."),
            new("api_key_connection", "409", "The connection has an API key.", "Call by the connection itself, without an account."),
            new("account_of_person", "403", "The account is a person's.", "Act with a token in that person's name."),
            new("account_unusable", "409 or 424", "The account's tokens cannot be had. The detail says why, and what to do.", "Follow the detail; mostly its owner connects it again."),
            new("connection_unusable", "424", "The connection's settings or secret do not work.", "Look at the connection, and test it."),
            new("raw_tokens_off", "403", "The connection lets no token out of the vault.", "Call through its proxy; an admin can allow raw tokens."),
            new("token_kind", "400", "`Vault-Token-Kind` names no second token of this provider.", "Leave the header out."),
            new("path_refused", "400", "The path leads out of the connection's base address: dots, empty parts or backslashes.", "Send a plain path below it."),
            new("path_too_long", "400", "The path and its query are too long.", "Put it into the body, where the provider takes that."),
            new("host_refused", "400", "The connection may not call that host.", "Use one of the provider's own hosts."),
            new("address_refused", "502, or a connection's state", "The provider's address leads to a network that may not be called from here.", "Correct the address; operators allow private hosts by `AuthServer:Outbound:AllowedPrivateHosts`."),
            new("provider_unreachable", "502, or an account's state", "The provider could not be reached.", "Try again with growing pauses."),
            new("provider_timeout", "504", "The provider did not answer within the connection's timeout.", "Try again; a call that changes something may have been done."),
            new("answer_too_large", "502, in a batch", "The provider's answer is too large for a batch.", "Make this call alone: it is streamed then."),
            new("unknown_tool", "404", "The connection has no such tool, or none of the accounts can do it.", "List the tools first."),
            new("invalid_code", "400", "The code of a link is unknown, used or expired.", "Begin the link again, and redeem the code at once."),
            new("provider_mismatch", "400", "The code is another provider's.", "Name the provider that the link was for."),
            new("redirect_uri_mismatch", "400", "The code came to another return address.", "Send the return address of the link."),
            new("identifier_missing", "400", "Nobody says whose account it is.", "Say in `identifierId` who is signed in with you."),
            new("identifier_mismatch", "400", "The code is for another user's account.", "Redeem it in the session of the user who began."),
        ]);
}
