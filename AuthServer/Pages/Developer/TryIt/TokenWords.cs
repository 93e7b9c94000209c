using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.TryIt;

/// <summary>What the claims of a token mean.</summary>
internal static class TokenWords
{
    public static string MeaningOf(string claim) => claim switch
    {
        "iss" => T("Who made the token: this server."),
        "sub" => T("In whose name it is: a person usr_…, or an agent agt_… that acts for itself."),
        "aud" => T("The APIs that it is for. Others must refuse it."),
        "client_id" => T("The client that asked for it."),
        "scope" => T("What it allows."),
        "exp" => T("When it ends."),
        "iat" => T("When it was made."),
        "nbf" => T("Before this time it is not good."),
        "jti" => T("Its own id, by which it stands in the trail."),
        "act" => T("Who acts, for the one in sub. Inside, who acted before."),
        "may_act" => T("Who may act for the one in sub."),
        "cnf" => T("The key that it is bound to: without a proof of it the token is worth nothing."),
        "org_id" => T("The organization of the agent that acts."),
        "sid" => T("The sign-in that it came from: when that ends, so does the token."),
        "auth_time" => T("When the person signed in."),
        "acr" => T("How strong that sign-in was."),
        "amr" => T("By what means they signed in."),
        "authorization_id" => T("The consent that it hangs on: taken back, the token is dead."),
        "delegation_id" => T("The delegation that it came by."),
        "agent_type" => T("What kind of agent acts."),
        "trust_level" => T("How far that agent is trusted."),
        "parent_agent_id" => T("The agent that made the one that acts."),
        "fam" => T("The family of tokens that it belongs to: they end together."),
        _ => "",
    };
}
