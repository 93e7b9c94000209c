namespace AuthServer.Docs.Errors;

/// <summary>Agents, their keys, delegations and consents.</summary>
internal static class AgentErrors
{
    public static ErrorSection Section { get; } = new(
        "Agents, their keys and what they pass on",
        "See [agents](agents.md), [API keys and delegations](delegations.md) and [consent](consent.md).",
        [
            new("agent_name_conflict", "409", "Another agent that nobody has claimed has this name, apart from upper and lower case.", "Choose another name, or claim the agent that has it."),
            new("agent_changed", "403", "The agent has changed hands, or may not act any more.", "Ask for a new token. If that fails, ask the agent's organization."),
            new("agent_revoked", "409", "The agent was revoked, which is for good.", "Register a new one."),
            new("suspended_by_administrator", "409", "Whoever administers this server suspended the agent.", "Ask whoever administers the server."),
            new("parent_suspended", "409", "The agent that made this one is suspended.", "Resume that one first."),
            new("not_yours", "403", "You can see it, but it is not yours to run.", "Ask its owner; for an organization's account, you need its role of developer."),
            new("own_record", "403", "An agent changes and ends those that it made, not itself.", "Let its parent or a member do it."),
            new("too_many_children", "403", "An agent that nobody has claimed can make few agents.", "Let a person [claim](agents.md) it."),
            new("bootstrap_by_agent", "403", "Agents make no root agents.", "`POST /api/v1/agents` makes one below you."),
            new("quickstart_closed", "403", "Agents cannot register themselves here without an invitation, or it was used already.", "Ask a member for an invitation; operators open it by `AuthServer:SignUp:Agents`."),
            new("claim_not_good", "404", "The claim is unknown, was answered or has expired.", "Ask the agent for a new one, or register it again."),
            new("claim_role", "403", "You cannot bring agents into this organization.", "Ask a developer, an admin or the owner."),
            new("api_key_needed", "403", "A token wants to set what would outlive it.", "Use the agent's API key."),
            new("beyond_own_rights", "403", "The new key could do more, or live longer, than the credential that makes it.", "Ask for less, or use a stronger credential."),
            new("key_ended", "403 or 409", "The key was rotated, revoked or has expired, or its agent is not active.", "Use its successor, or make a new key."),
            new("too_many_keys", "409", "The agent is not active, or has all the keys that it can have.", "Revoke one first."),
            new("uses_keys", "409", "The agent proves itself by its own key pairs and has no secret.", "Replace its keys instead."),
            new("delegation_refused", "403", "It goes beyond what may be passed on, or something that it hangs on has ended. The trail says which.", "Compare scopes, end, depth and bounds with those of the delegation above."),
            new("constraint_violated", "403, or a `reasonCode`", "The delegation bounds something that the action breaks, or about which it says nothing.", "State the bounded value in `context`; stay within it."),
            new("approval_answered", "409", "This [approval](approvals.md) was answered before, and the first answer counts.", "Look at it: it says what was decided, by whom and when."),
            new("approval_expired", "409", "Nobody answered in time.", "Nothing is to be done; if the agent asks again, so is the person."),
            new("approval_void", "409", "The policy, the agent or the consent is not what it was when this was asked.", "Nothing is to be done; if the agent asks again, so is the person."),
            new("approval_not_in_force", "409", "There is nothing to take back: it was not approved, was used, or has ended.", "Look at it: it says how it stands."),
            new("answered_already", "409", "This request for consent was answered.", "File a new one."),
        ]);
}
