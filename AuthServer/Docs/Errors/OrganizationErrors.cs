namespace AuthServer.Docs.Errors;

/// <summary>What belongs to an organization.</summary>
internal static class OrganizationErrors
{
    public static ErrorSection Section { get; } = new(
        "What belongs to an organization",
        "Members, keys, certificates, scopes, APIs, policies, webhooks, providers.",
        [
            new("member", "409", "The person is a member already.", "Nothing needs to be done; change the role instead."),
            new("invitation_not_good", "404", "The invitation is unknown, used, revoked or has expired, or is for another address.", "Ask for a new one."),
            new("owner", "409", "The owner stays, and so does whoever owns an organization.", "Transfer the organization, or close it, first."),
            new("member_disabled", "409", "Whoever administers this server disabled the account of the member: an owner has to be able to sign in.", "Give another member, or ask whoever administers the server."),
            new("organization_suspended", "403", "Whoever administers this server has stopped the organization: its agents get no tokens, nothing of it can be changed, and nobody joins it.", "Ask whoever administers the server."),
            new("too_many_applications", "409", "The organization has all the applications that it can have.", "Remove those that nobody uses."),
            new("application_removed", "409", "The application was removed for good.", "Make a new one."),
            new("disabled_by_administrator", "409", "Whoever administers this server disabled the application.", "Ask whoever administers the server."),
            new("secret_replaced", "409", "`replaces` names a secret that is not the present one.", "Look which one is, and whether it still has to be replaced."),
            new("public_client", "409", "This kind of application keeps no secret: whoever has it could read it.", "Let it prove itself by PKCE alone, or make an application that runs on a server."),
            new("key_missing", "400", "The key that is to be rotated was not sent.", "Send it in `X-Api-Key`."),
            new("rotated", "409", "This key was rotated or revoked already.", "Use its successor, or make a new one."),
            new("certificate_being_made", "409", "Another certificate of the organization is being made.", "Try again in a moment."),
            new("too_many_certificates", "409", "The organization has all the certificates that it can have.", "Revoke or delete some."),
            new("not_revoked", "400", "Only a revoked certificate can be deleted.", "Revoke it first."),
            new("predefined_scope", "403", "The scope comes with the server.", "Define one with a name of your own."),
            new("scope_taken", "409", "People would take it for a scope that is known already.", "Choose a name that cannot be mistaken."),
            new("too_many_scopes", "409", "The organization has all the scopes that it can define.", "Delete those that nobody uses."),
            new("url_taken", "409", "An API with this URL is registered already.", "Use the one that is there, or another URL."),
            new("too_many_resources", "409", "The organization has all the APIs that it can register.", "Delete those that nobody uses."),
            new("too_many_policies", "409", "The organization has all the policies that it can have.", "Put rules together, or delete some."),
            new("unreadable_policy", "409", "A stored policy cannot be read, so it refuses everything that it concerns.", "Replace it whole with `PUT`, or delete it."),
            new("webhooks_off", "403", "This server sends no webhooks.", "Ask the operator: `AuthServer:Webhooks:Enabled`."),
            new("too_many_webhooks", "409", "The organization has all the webhooks that it can have.", "Delete one first."),
            new("webhook_disabled", "409", "The webhook is disabled, by a member or because nothing reached it for days.", "Enable it first."),
            new("delivery_pending", "409", "The message waits to be sent already.", "Wait for it."),
            new("test_pending", "409", "A test is on its way already.", "Look at the webhook's log."),
            new("shipped_provider", "403", "The provider comes with the server.", "Describe one with an id of your own."),
            new("provider_taken", "409", "There is a provider with this id already.", "Choose another id."),
            new("provider_in_use", "409", "A connection uses the provider.", "Delete the connection first."),
            new("too_many_providers", "409", "The organization has all the providers that it can describe.", "Delete those that nobody uses."),
        ]);
}
