namespace AuthServer.Docs.Errors;

/// <summary>Why a token or an action was refused: the <c>reasonCode</c> of decisions, and problems of what needs one.</summary>
internal static class DecisionErrors
{
    private const string Decision = "`reasonCode`, or 403";

    public static ErrorSection Section { get; } = new(
        "Decisions",
        "`reasonCode` of `POST /api/v1/tokens/verify`, of policy evaluation and of AuthZEN. A decision is an answer, not a failure: its status is 200. Calls through the vault answer 403 with the same codes. See [policies](policies.md).",
        [
            new("token_invalid", "`reasonCode`", "The token is malformed, expired or revoked, or not of this server.", "Refuse the call with 401, so that the client gets a new token."),
            new("wrong_audience", "`reasonCode`", "The token was made for another API.", "Refuse it. The client asks for a token with your API as `resource`."),
            new("proof_required", "`reasonCode`", "The token is bound to a key, and no proof was sent with the question.", "Send the DPoP proof, its method and address; see [DPoP](dpop.md)."),
            new("proof_invalid", "`reasonCode`", "The proof is not one of the token's key for this request, or was used before.", "Refuse the call with 401."),
            new("scope_missing", Decision + ", or an account's state", "The token does not carry a scope that the action needs; of an account: something required was not agreed to.", "Ask for the scope. A person must agree to it."),
            new("policy_denies", Decision, "A policy of the organization says no.", "Change the action, or the policy. The trail names it."),
            new("approval_required", Decision, "A policy wants a person to approve this first.", "Send the person to the page that the answer names, and do the same again when they have [approved](approvals.md). Without a page nobody was asked: see there why."),
            new("approval_denied", Decision, "A person was asked to approve this, and said no.", "Do not repeat it. It can be asked again when the question's time is over."),
            new("action_unknown", Decision, "A policy bounds actions, and the question names none.", "Say in the question which action it is."),
            new("action_not_allowed", Decision, "The action is not among those that a policy allows.", "Use an allowed one, or change the policy."),
            new("action_blocked", Decision, "A policy blocks this action.", "Use another one, or change the policy."),
            new("outside_time_window", Decision, "A policy allows this at other times.", "Try again within the window."),
            new("address_unknown", Decision, "A policy bounds addresses, and the question names none that is believed.", "Ask as the API itself, with `context.ip`."),
            new("address_not_allowed", Decision, "The call comes from a network that a policy does not allow.", "Call from an allowed network, or change the policy."),
            new("risk_unknown", Decision, "A policy bounds the risk, and the scope's risk is not known.", "Describe the [scope](scopes.md)."),
            new("risk_too_high", Decision, "The scope's risk is above what a policy allows.", "Ask for less, or change the policy."),
            new("consent_time_unknown", Decision, "A policy counts from the consent, and there is none.", "Let a person consent, or change the policy."),
            new("access_expired", Decision, "A policy ends access some time after the consent, and that has passed.", "Ask the person again."),
            new("ceiling_exceeded", Decision, "More would be used than a delegation allows in all.", "Ask for a new delegation."),
            new("budget_exhausted", Decision, "More would be spent than a delegation allows in all.", "Ask for a new delegation."),
            new("amount_unknown", Decision, "A budget counts amounts, and the question names none.", "Say the amount in `context`."),
            new("amount_not_usable", Decision, "The amount is negative, or has too many places.", "Give a number of at most the currency's places."),
            new("currency_not_accepted", Decision, "The budget is in another currency.", "State the amount in the budget's currency."),
            new("rate_limit_exceeded", Decision, "A policy's or an agent's limit of calls is used up.", "Wait until the window moves on."),
            new("budget_exceeded", Decision, "A policy's budget is used up.", "Wait for the next period, or change the policy."),
            new("policy_failure", Decision, "The policies could not be asked, or a limit not be read. What cannot be decided is refused.", "Try again; operators find the cause in the log."),
        ]);
}
